package rest

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/switchhook/switchhook/internal/identifier"
)

func FuzzAppendedTextIsThatOfTheStandardLibrary(f *testing.F) {
	for _, text := range []string{"", "plain", `"\`, "<a href='x'>&", "\x00\x1f\x7f", "é 日本 \u2028", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := json.Marshal(text)
		if got := AppendText(nil, text); err != nil || string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
		var plain bytes.Buffer
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(text); err != nil {
			t.Fatal(err)
		}
		if got := string(AppendPlainText([]byte("["), text)) + "\n"; got != "["+plain.String() {
			t.Errorf("%s, want %s", got, plain.String())
		}
	})
}

func TestAppendedIdentifiersAreThoseOfMarshalJSON(t *testing.T) {
	for _, raw := range []string{"", "4:+15551230001", "4:anonymous", "4:+15551230001_x", "8:acs:11111111-2222-4333-8444-555555555555_0000000a-1111-4222-8333-444444444444", "8:orgid:1", "8:teamsvisitor:1", "28:orgid:1", "48:bot<&>"} {
		var id Identifier
		if raw != "" {
			var err error
			if id.ID, err = identifier.Parse(raw); err != nil {
				t.Logf("%s: %v", raw, err)
			}
		}
		want, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := id.AppendJSON([]byte("before ")); err != nil || string(got) != "before "+string(want) {
			t.Errorf("%s: %s, %v, want %s", raw, got, err, want)
		}
		grid := GridIdentifier(id)
		if want, err = json.Marshal(grid); err != nil {
			t.Fatal(err)
		}
		if got, err := grid.AppendJSON(nil); err != nil || string(got) != string(want) {
			t.Errorf("Event Grid's %s: %s, %v, want %s", raw, got, err, want)
		}
	}
}
