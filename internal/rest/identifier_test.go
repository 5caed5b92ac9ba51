package rest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/golden"
	"github.com/switchhook/switchhook/internal/identifier"
)

// rawIDs are one of each form.
var rawIDs = []string{
	"8:acs:5e8b1c5e-0000-4000-8000-000000000001_0000000a-1b2c-3d4e-5f60-718293a4b5c6",
	"8:dod-acs:r_u", "8:gcch-acs:r_u", "8:spool:u", "8:acs:r_t_u", "8:gcch-acs:r_t_u",
	"4:+15551230001", "4:anonymous", "4:+15551230001_abc", "4:112",
	"8:orgid:o", "8:dod:o", "8:gcch:o", "8:teamsvisitor:o",
	"28:orgid:a", "28:dod:a", "28:gcch:a", "something:else",
}

func parse(t testing.TB, raw string) identifier.ID {
	t.Helper()
	id, err := identifier.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestIdentifiersOnTheWire(t *testing.T) {
	var http, grid bytes.Buffer
	for _, raw := range rawIDs {
		id := parse(t, raw)
		line, err := json.Marshal(Identifier{id})
		if err != nil {
			t.Fatal(err)
		}
		var again Identifier
		if err := json.Unmarshal(line, &again); err != nil || again.ID != id {
			t.Errorf("%s came back as %v, %v", line, again, err)
		}
		http.Write(append(line, '\n'))
		if line, err = json.Marshal(GridIdentifier{id}); err != nil {
			t.Fatal(err)
		}
		grid.Write(append(line, '\n'))
	}
	golden.Compare(t, "testdata/identifiers.jsonl", http.Bytes())
	golden.Compare(t, "testdata/grid-identifiers.jsonl", grid.Bytes())
}

func TestIdentifierIsInferred(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"part without kind", `{"communicationUser":{"id":"8:acs:r_u"}}`, "8:acs:r_u"},
		{"rawId alone", `{"rawId":"4:+15551230001"}`, "4:+15551230001"},
		{"part without rawId", `{"kind":"phoneNumber","phoneNumber":{"value":"+15551230001"}}`, "4:+15551230001"},
		{"explicit nulls", `{"kind":null,"rawId":"8:acs:r_u","phoneNumber":null,"communicationUser":{"id":"8:acs:r_u"}}`, "8:acs:r_u"},
		{"unknown kind", `{"kind":"unknown","rawId":"28:orgid:a"}`, "28:orgid:a"},
		{"asserted id in rawId", `{"rawId":"4:+1555_x","phoneNumber":{"value":"+1555"}}`, "4:+1555_x"},
		{"asserted id", `{"phoneNumber":{"value":"+1555","assertedId":"x"}}`, "4:+1555_x"},
		{"asserted id twice", `{"phoneNumber":{"value":"+1555_x","assertedId":"x"}}`, "4:+1555_x"},
		{"anonymous", `{"phoneNumber":{"value":"anonymous","isAnonymous":true}}`, "4:anonymous"},
		{"Teams user", `{"microsoftTeamsUser":{"userId":"o"}}`, "8:orgid:o"},
		{"Teams visitor", `{"microsoftTeamsUser":{"userId":"o","isAnonymous":true}}`, "8:teamsvisitor:o"},
		{"Teams user of a cloud", `{"microsoftTeamsUser":{"userId":"o","cloud":"gcch"}}`, "8:gcch:o"},
		{"Teams app", `{"microsoftTeamsApp":{"appId":"a","cloud":"dod"}}`, "28:dod:a"},
		{"Teams extension", `{"teamsExtensionUser":{"userId":"u","tenantId":"t","resourceId":"r"}}`, "8:acs:r_t_u"},
		{"Teams extension of an old client", `{"kind":"communicationUser","communicationUser":{"id":"8:acs:r_t_u"}}`, "8:acs:r_t_u"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got Identifier
			if err := json.Unmarshal([]byte(test.text), &got); err != nil || got.Raw() != test.want {
				t.Fatalf("got %q, %v", got.Raw(), err)
			}
		})
	}
}

func TestIdentifierIsRefused(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"kind":"phoneNumber"}`, `{"communicationUser":{"id":""}}`, `{"communicationUser":{"id":"alice"}}`,
		`{"phoneNumber":{"value":"call me"}}`, `{"phoneNumber":{}}`, `{"microsoftTeamsUser":{}}`, `{"kind":"phoneNumber","communicationUser":{"id":"8:acs:r_u"}}`,
		`{"communicationUser":{"id":"8:acs:r_u"},"microsoftTeamsUser":{"userId":"o"}}`, `{"kind":"robot","rawId":"8:acs:r_u"}`,
		`{"rawId":"` + strings.Repeat("x", 600) + `"}`,
	} {
		var got Identifier
		if err := json.Unmarshal([]byte(text), &got); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%.80s became %q, %v", text, got.Raw(), err)
		}
	}
}

func TestBareNumbersAndUsers(t *testing.T) {
	var both struct {
		Phone Phone `json:"phone,omitzero"`
		User  User  `json:"user,omitzero"`
	}
	const text = `{"phone":{"value":"+15551230001"},"user":{"id":"8:acs:r_u"}}`
	if err := json.Unmarshal([]byte(text), &both); err != nil || both.Phone.Number() != "+15551230001" || both.User.Raw() != "8:acs:r_u" {
		t.Fatalf("got %+v, %v", both, err)
	}
	if again, err := json.Marshal(both); err != nil || string(again) != text {
		t.Fatalf("got %s, %v", again, err)
	}
	both.Phone, both.User = Phone{}, User{}
	if err := json.Unmarshal([]byte(`{"phone":null,"user":null}`), &both); err != nil || !both.Phone.IsZero() || !both.User.IsZero() {
		t.Fatalf("nulls became %+v, %v", both, err)
	}
	for _, text := range []string{`{"phone":{"value":"x y"}}`, `{"phone":{}}`, `{"user":{"id":"4:+1555"}}`, `{"user":{}}`} {
		if err := json.Unmarshal([]byte(text), &both); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
