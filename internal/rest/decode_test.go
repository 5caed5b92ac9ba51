package rest

import (
	"encoding/json"
	"errors"
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

	Headers map[string]string `json:"headers"`
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
		{"byte order mark", "\ufeff{\"count\":3}", decoded{Count: 3}},
		{"byte order mark alone", "\ufeff", decoded{}},
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
		{"wrong type inside", `{"playSources":[{"kind":true}]}`, "playSources[0].kind must be a string, not bool", "playSources[0].kind"},
		{"wrong type of an element", `{"playSources":[{},"x"]}`, "playSources[1] must be an object, not string", "playSources[1]"},
		{"fraction", `{"count":1.5}`, "count must be an integer in range, not number 1.5", "count"},
		{"overflow", `{"count":99999999999999999999}`, "count must be an integer in range", "count"},
		{"array", `[1]`, "the body must be an object, not array", ""},
		{"wrong type in an embedded part", `{"target":{"communicationUser":{"id":5}}}`, "target.communicationUser.id must be a string, not number", "target.communicationUser.id"},
		{"wrong type of what reads itself", `{"target":[]}`, "target must be an object, not array", "target"},
		{"wrong type under a name of another case", `{"COUNT":"1"}`, "count must be an integer in range, not string", "count"},
		{"wrong type in a map", `{"headers":{"b":"2","a":1}}`, "headers.a must be a string, not number", "headers.a"},
		{"wrong type before a wrong value", `{"count":"1","target":{}}`, "count must be an integer", "count"},
		{"wrong value before a wrong type", `{"target":{},"count":"1"}`, "count must be an integer", "count"},
		{"wrong type after fields that nobody reads", `{"new":[{"count":{}}],"loop":[1]}`, "loop must be true or false, not array", "loop"},
		{"trailing data", `{"count":1}{"count":2}`, "the body is not JSON: '{' is unexpected at byte 12", ""},
		{"cut off", `{"count":1`, "the body is not JSON: it ends too early, after byte 10", ""},
		{"cut off after a wrong type", `{"count":"1"`, "it ends too early, after byte 12", ""},
		{"cut off after a wrong value", `{"target":{}`, "it ends too early, after byte 12", ""},
		{"escape that JSON has not", `{"operationContext":"\x"}`, "'x' is unexpected at byte 23", ""},
		{"two byte order marks", "\ufeff\ufeff{}", "'\\ufeff' is unexpected at byte 1", ""},
		{"not UTF-8", "{\"operationContext\":\"\xff\"}", "not UTF-8", ""},
		{"too deep", `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "deeper than 64", ""},
		{"two parties", `{"target":{"communicationUser":{"id":"8:acs:r_u"},"phoneNumber":{"value":"+1"}}}`, "target: an identifier names one party", "target"},
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

// FuzzMistakes compares what is said about bodies with encoding/json: whether
// they are JSON, and whether a value has a wrong type.
func FuzzMistakes(f *testing.F) {
	for _, seed := range []string{
		`{"count":1,"playSources":[{"kind":"x","file":{"uri":null}}],"loop":true}`, `{"a":[-2.5e3,"\u00e9",nul]}`, `[1,]`, `{"a" 1}`, `01`, `1e`,
		`{"target":{"phoneNumber":{"value":5}},"headers":{"a":1}}`, `{"count":1.5}`, `{"LOOP":"x"}`, "\"\x01\"", `"\`, "{} x", "\u017f",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if depthOf(body) > maxDepth {
			return
		}
		err := syntaxOf(body)
		if (err == nil) != json.Valid(body) {
			t.Fatalf("%q: %v", body, err)
		}
		if err != nil {
			return
		}
		var into struct {
			decoded
			Patch patched `json:"patch"`
		}
		var wrong *json.UnmarshalTypeError
		err, found := json.Unmarshal(body, &into), misfitIn(body, reflect.TypeOf(into))
		if errors.As(err, &wrong) && found == nil || err == nil && found != nil {
			t.Fatalf("%q: %v, found %+v", body, err, found)
		}
	})
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
