package rest

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

type patched struct {
	Title Patch[string]               `json:"title"`
	Tags  Patch[[]string]             `json:"tags"`
	Hosts Patch[Members[patchedHost]] `json:"hosts"`
}

type patchedHost struct {
	Port Patch[int] `json:"port"`
}

func decodePatchText(text string) (patched, error) {
	return DecodePatch[patched](httptest.NewRequest("PATCH", "/", strings.NewReader(text)))
}

func sent[T any](value T) Patch[T] { return Patch[T]{Sent: true, Value: value} }

func null[T any]() Patch[T] { return Patch[T]{Sent: true, Null: true} }

// TestPatchTellsNullFromAbsent reads every state that a member can have.
func TestPatchTellsNullFromAbsent(t *testing.T) {
	tests := []struct {
		name, body string
		want       patched
	}{
		{"nothing", `{}`, patched{}},
		{"values", `{"title":"a","tags":[]}`, patched{Title: sent("a"), Tags: sent([]string{})}},
		{"nulls", `{"title":null,"tags":null,"hosts":null}`, patched{Title: null[string](), Tags: null[[]string](), Hosts: null[Members[patchedHost]]()}},
		{"unknown members", `{"new":{"deep":[1]},"title":"a"}`, patched{Title: sent("a")}},
		{"space", " {\n\"title\" : null } ", patched{Title: null[string]()}},
		{"names in the client's order", `{"hosts":{"z":{"port":1},"a":null,"m":{}}}`, patched{Hosts: sent(Members[patchedHost]{
			{"z", sent(patchedHost{Port: sent(1)})}, {"a", null[patchedHost]()}, {"m", sent(patchedHost{})},
		})}},
		{"a name twice", `{"hosts":{"z":{"port":1},"a":null,"z":{"port":2}}}`, patched{Hosts: sent(Members[patchedHost]{
			{"z", sent(patchedHost{Port: sent(2)})}, {"a", null[patchedHost]()},
		})}},
		{"names with dots and escapes", `{"hosts":{"a.b\u002e":null}}`, patched{Hosts: sent(Members[patchedHost]{{"a.b.", null[patchedHost]()}})}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := decodePatchText(test.body); err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestPatchRefuses(t *testing.T) {
	tests := []struct{ name, body, says, target string }{
		{"empty body", "", "must be an object", ""},
		{"null", " null ", "must be an object", ""},
		{"array", `[]`, "must be an object, not array", ""},
		{"wrong type", `{"title":5}`, "title must be a string, not number", "title"},
		{"wrong type of an object", `{"hosts":[]}`, "hosts must be an object, not array", "hosts"},
		{"wrong type in a member", `{"hosts":{"a.b":{"port":"x"}}}`, "hosts.a.b.port must be an integer", "hosts.a.b.port"},
		{"wrong member", `{"hosts":{"a.b":5}}`, "hosts.a.b must be an object, not number", "hosts.a.b"},
		{"cut off", `{"hosts":{"a":`, "not JSON", ""},
		{"trailing data", `{}{}`, "not JSON", ""},
		{"too deep", `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "deeper than 64", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decodePatchText(test.body)
			if !fault.Is(err, fault.KindInvalid) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %+v, %v", got, err)
			}
			if wire := generalFaults.of(err); wire.target != test.target {
				t.Errorf("target %q", wire.target)
			}
			if !reflect.DeepEqual(got, patched{}) {
				t.Errorf("half a patch came back: %+v", got)
			}
		})
	}
}

func TestPatchSetsKeepsAndClears(t *testing.T) {
	for _, test := range []struct {
		patch Patch[string]
		want  string
	}{{Patch[string]{}, "now"}, {sent("then"), "then"}, {null[string](), ""}} {
		if got := test.patch.Change("now"); got != test.want {
			t.Errorf("%+v makes %q", test.patch, got)
		}
	}
}

// FuzzMergePatch compares Members with the algorithm of RFC 7396 §2 on maps.
func FuzzMergePatch(f *testing.F) {
	for _, seed := range []string{
		`{"a":null,"b":{"sipSignalingPort":5061}}`, `{"a":1,"a":null}`, `{"\u0061":[null],"new":{"x":null}}`,
		`{}`, `null`, `[]`, `"text"`, `{"a":`, `{"a":1}x`, " {\t} ",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var patch Members[json.RawMessage]
		var want map[string]json.RawMessage
		err, wantErr := json.Unmarshal(text, &patch), json.Unmarshal(text, &want)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, encoding/json says %v", text, err, wantErr)
		}
		got := make(map[string]json.RawMessage)
		for _, member := range patch {
			if _, twice := got[member.Name]; twice || !member.Sent {
				t.Fatalf("%q: member %q is wrong", text, member.Name)
			}
			got[member.Name] = member.Value
			if isNull := string(want[member.Name]) == "null"; isNull != member.Null {
				t.Fatalf("%q: member %q null %v", text, member.Name, member.Null)
			}
			if !member.Null && string(member.Value) != string(want[member.Name]) {
				t.Fatalf("%q: member %q is %s, want %s", text, member.Name, member.Value, want[member.Name])
			}
		}
		if len(got) != len(want) && err == nil {
			t.Fatalf("%q: %d members, want %d", text, len(got), len(want))
		}
	})
}

func BenchmarkDecodePatch(b *testing.B) {
	body := []byte(`{"hosts":{"sbc1.example.com":{"port":5061},"sbc2.example.com":null},"title":null}`)
	b.ReportAllocs()
	for b.Loop() {
		var got patched
		if err := decodeJSON(body, &got); err != nil {
			b.Fatal(err)
		}
	}
}
