package rest

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

type decoded struct {
	Context string       `json:"operationContext"`
	Loop    *bool        `json:"loop"`
	Count   int          `json:"count"`
	Sources []decodedSub `json:"playSources"`
	Target  *Identifier  `json:"target"`
}

type decodedSub struct {
	Kind string `json:"kind"`
	File *struct {
		URI string `json:"uri"`
	} `json:"file"`
}

func decodeText(text string) (decoded, error) {
	return Decode[decoded](httptest.NewRequest("POST", "/", strings.NewReader(text)))
}

func TestDecodeTolerates(t *testing.T) {
	tests := []struct {
		name, body string
		want       decoded
	}{
		{"empty body", "", decoded{}},
		{"null", "null", decoded{}},
		{"unknown fields", `{"new":{"a":[1]},"operationContext":"x"}`, decoded{Context: "x"}},
		{"explicit nulls", `{"operationContext":null,"loop":null,"count":null,"playSources":null,"target":null}`, decoded{}},
		{"space around", " \r\n{\"count\":3}\n", decoded{Count: 3}},
		{"nested", `{"playSources":[{"kind":"file","file":null}]}`, decoded{Sources: []decodedSub{{Kind: "file"}}}},
		{"braces in strings", `{"operationContext":"` + strings.Repeat("[{\\\"", 100) + `"}`, decoded{Context: strings.Repeat("[{\"", 100)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decodeText(test.body)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Fatalf("got %+v, %v", got, err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, body, says, target string }{
		{"wrong type", `{"operationContext":5}`, "operationContext must be a string, not number", "operationContext"},
		{"wrong type inside", `{"playSources":[{"kind":true}]}`, "must be a string, not bool", "playSources.kind"},
		{"fraction", `{"count":1.5}`, "count must be an integer in range, not number 1.5", "count"},
		{"overflow", `{"count":99999999999999999999}`, "count must be an integer in range", "count"},
		{"array", `[1]`, "the body must be an object, not array", ""},
		{"trailing data", `{"count":1}{"count":2}`, "not JSON", ""},
		{"cut off", `{"count":1`, "not JSON", ""},
		{"not UTF-8", "{\"operationContext\":\"\xff\"}", "not UTF-8", ""},
		{"too deep", `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "deeper than 64", ""},
		{"two parties", `{"target":{"communicationUser":{"id":"8:acs:r_u"},"phoneNumber":{"value":"+1"}}}`, "names one party", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decodeText(test.body)
			if !fault.Is(err, fault.KindInvalid) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %+v, %v", got, err)
			}
			if wire := callingFaults.of(err); wire.target != test.target || wire.status != 400 || wire.code != "8523" {
				t.Fatalf("on the wire: %+v", wire)
			}
			if !reflect.DeepEqual(got, decoded{}) {
				t.Fatalf("half a value came back: %+v", got)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"operationContext":"x","playSources":[{"kind":"file","file":{"uri":"http://a/b.wav"}}]}`))
	f.Add([]byte(`{"target":{"rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}}}`))
	f.Add([]byte(`{"target":{"kind":"microsoftTeamsUser","microsoftTeamsUser":{"userId":"x","cloud":"dod"}}}`))
	f.Add([]byte(`[[[[{"a":"\""}]]]]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var got decoded
		if err := decodeJSON(body, &got); err != nil {
			if !fault.Is(err, fault.KindInvalid) {
				t.Fatalf("%v is no fault of the sender", err)
			}
			return
		}
		if got.Target == nil || got.Target.IsZero() {
			return
		}
		text, err := json.Marshal(got.Target)
		if err != nil {
			t.Fatal(err)
		}
		var again Identifier
		if err := json.Unmarshal(text, &again); err != nil || again != *got.Target {
			t.Fatalf("%s came back as %v, %v", text, again, err)
		}
	})
}
