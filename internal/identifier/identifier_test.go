package identifier

import (
	"strings"
	"testing"
)

func TestRawIDTellsItsKind(t *testing.T) {
	cases := []struct {
		raw  string
		kind Kind
		bad  bool
	}{
		{"8:acs:11111111-2222-4333-8444-555555555555_0000000a-1111-4222-8333-444444444444", CommunicationUser, false},
		{"8:dod-acs:r_u", CommunicationUser, false},
		{"8:gcch-acs:r_u", CommunicationUser, false},
		{"8:spool:x", CommunicationUser, false},
		{"8:acs:resource_tenant_user", TeamsExtensionUser, false},
		{"8:gcch-acs:resource_tenant_user", TeamsExtensionUser, false},
		{"4:+15551230001", PhoneNumber, false},
		{"4:911", PhoneNumber, false},
		{"4:anonymous", PhoneNumber, false},
		{"4:+15551230001_asserted", PhoneNumber, false},
		{"8:orgid:a", MicrosoftTeamsUser, false},
		{"8:teamsvisitor:a", MicrosoftTeamsUser, false},
		{"28:orgid:a", MicrosoftTeamsApp, false},
		{"8:echo123", Unknown, false},
		{"8:acs:", Unknown, false},
		{"anything", Unknown, false},
		{"", Unknown, true},
		{"4:+1 555", Unknown, true},
		{"4:+", Unknown, true},
		{"4:sipp", PhoneNumber, false},
		{"4:a@b", Unknown, true},
		{"4:a/b", Unknown, true},
		{"4:+" + strings.Repeat("1", 70), Unknown, true},
		{"8:acs:a\nb", Unknown, true},
		{strings.Repeat("x", MaxLength+1), Unknown, true},
	}
	for _, c := range cases {
		t.Run(c.raw, func(t *testing.T) {
			id, err := Parse(c.raw)
			if c.bad {
				if err == nil {
					t.Fatalf("it parsed as %s", id.Kind())
				}
				return
			}
			if err != nil || id.Kind() != c.kind || id.Raw() != c.raw {
				t.Errorf("got %v of kind %s, %v", id, id.Kind(), err)
			}
		})
	}
}

func TestNewUserHasOneUnderscore(t *testing.T) {
	id := NewUser("11111111-2222-4333-8444-555555555555")
	again, err := Parse(id.Raw())
	if err != nil || again != id || strings.Count(id.Raw(), "_") != 1 {
		t.Errorf("%s parses as %v of kind %s, %v", id, again, again.Kind(), err)
	}
	if id.Resource() != "11111111-2222-4333-8444-555555555555" {
		t.Errorf("resource is %q", id.Resource())
	}
	if again := NewUser(id.Resource()); again == id {
		t.Error("two users are the same")
	}
}

func TestAnonymousHasNoUsefulNumber(t *testing.T) {
	id, err := Parse("4:anonymous")
	if err != nil || !id.IsAnonymous() || id.Number() != "anonymous" {
		t.Errorf("got %v, %q, %v", id, id.Number(), err)
	}
}

func TestWhichNumbersCanBeDialled(t *testing.T) {
	for raw, want := range map[string]bool{"4:+15551230001": true, "4:911": true, "4:*21#": true, "4:sipp": false, "4:anonymous": false, "4:+1_a": false, "8:acs:a_b": false} {
		id, err := Parse(raw)
		if err != nil || id.IsDialable() != want {
			t.Errorf("%s: dialable is %t, %v", raw, id.IsDialable(), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"8:acs:a_b", "8:acs:a_b_c", "4:+1555", "4:anonymous", "28:orgid:x", "::", "4:_"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		id, err := Parse(raw)
		if err != nil {
			return
		}
		if again, err := Parse(id.Raw()); err != nil || again != id {
			t.Errorf("%q parses as %v, then as %v, %v", raw, id, again, err)
		}
	})
}
