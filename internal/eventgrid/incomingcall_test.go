package eventgrid

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

const testTopic = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/calls/providers/microsoft.communication/communicationservices/demo"

func id(t testing.TB, raw string) identifier.ID {
	t.Helper()
	parsed, err := identifier.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// incomingCalls has the rows of "Incoming call concepts" (who calls whom), and
// what else changes the data.
func incomingCalls(t testing.TB) map[string]IncomingCall {
	base := IncomingCall{
		ServerCallID:        "aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ",
		IncomingCallContext: "eyJhbGciOiJub25lIn0.eyJjYyI6IjEifQ.",
		CorrelationID:       "aaaa0000-bb11-2222-33cc-444444dddddd",
		At:                  time.Date(2026, 8, 25, 21, 27, 24, 241539100, time.FixedZone("CEST", 2*60*60)),
	}
	between := func(from, to string, change func(*IncomingCall)) IncomingCall {
		in := base
		in.From, in.To = id(t, from), id(t, to)
		if change != nil {
			change(&in)
		}
		return in
	}
	return map[string]IncomingCall{
		"identity-to-identity": between(alice, bob, func(in *IncomingCall) { in.CallerDisplayName = `Jöhn <"Doe"> & Co` }),
		"identity-to-number":   between(alice, "4:+15551230002", nil),
		"pstn-to-number":       between("4:+33155501234", "4:+15551230002", nil),
		"anonymous-to-number":  between("4:anonymous", "4:+15551230002", nil),
		"with-custom-context": between("4:+33155501234", "4:+15551230002", func(in *IncomingCall) {
			in.CustomContext = &CustomContext{SIPHeaders: map[string]string{"X-MS-Custom-Order": "42", "User-To-User": "a1;encoding=hex"}}
		}),
		"with-empty-custom-context": between(alice, bob, func(in *IncomingCall) { in.CustomContext = &CustomContext{} }),
		"from-teams-user":           between("8:orgid:efd2c229-b212-437a-945d-920326f13a1b", "4:+15551230002", nil),
	}
}

// TestUserToUserIsFoundByTheKeyOfTheGuide, which reads sipHeaders["user-To-User"] in every language,
// and by the header's own name.
func TestUserToUserIsFoundByTheKeyOfTheGuide(t *testing.T) {
	for _, spelled := range []string{"User-To-User", "User-to-User", "user-To-User"} {
		given := map[string]string{spelled: "a1", "X-MS-Custom-Order": "42"}
		got := (&CustomContext{SIPHeaders: given}).model().SIPHeaders
		if len(got) != 3 || got["User-To-User"] != "a1" || got["user-To-User"] != "a1" || got["X-MS-Custom-Order"] != "42" || len(given) != 2 {
			t.Errorf("%s: %v", spelled, got)
		}
	}
}

// TestIncomingCallIsGolden holds the event to what the service sends, member by
// member and in order; only its id changes from one to the next.
func TestIncomingCallIsGolden(t *testing.T) {
	for name, in := range incomingCalls(t) {
		t.Run(name, func(t *testing.T) {
			e := in.event()
			e.id = "d5546be8-227a-4db8-b2c3-4f06fd675fd6"
			isGolden(t, "IncomingCall-"+name, e)
		})
	}
}

func TestEveryIncomingCallHasItsOwnID(t *testing.T) {
	in := incomingCalls(t)["pstn-to-number"]
	if one, other := in.event().id, in.event().id; one == other || len(one) != 36 {
		t.Errorf("ids %q and %q", one, other)
	}
}
