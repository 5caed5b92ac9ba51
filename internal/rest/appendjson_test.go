package rest

import (
	"encoding/json"
	"testing"

	"github.com/switchhook/switchhook/internal/identifier"
)

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
		for _, value := range []appender{Phone(id), User(id)} {
			want, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := value.AppendJSON([]byte("before ")); err != nil || string(got) != "before "+string(want) {
				t.Errorf("%T %s: %s, %v, want %s", value, raw, got, err, want)
			}
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
