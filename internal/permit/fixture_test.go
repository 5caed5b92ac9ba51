package permit

import (
	"testing"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

// owned are numbers with what they may do: "out", "in", "both".
type owned map[string]string

func (o owned) Owns(number string) bool { return o[number] != "" }

func (o owned) Calls(number string) (outbound, inbound bool) {
	return o[number] == "out" || o[number] == "both", o[number] == "in" || o[number] == "both"
}

var numbers = owned{"+15550100001": "both", "+15550100002": "in", "+15550100003": "out"}

func phone(number string) identifier.ID {
	id, err := identifier.Phone(number)
	if err != nil {
		panic(err)
	}
	return id
}

// rules makes rules over the trunks "open", which shows any caller, "strict",
// which shows ours, and "some", which also shows one other; +1 goes through all
// in that order, +33 through strict alone, +44 through some, +49 nowhere.
func rules(t *testing.T, guards ...Guard) *Rules {
	t.Helper()
	table, err := trunk.NewTable([]trunk.Trunk{
		{Name: "open", Host: "192.0.2.1", CallerIDs: trunk.CallerIDs{Any: true}},
		{Name: "strict", Host: "192.0.2.2", MaxCalls: 2},
		{Name: "some", Host: "192.0.2.3", CallsPerSecond: 3, CallerIDs: trunk.CallerIDs{Numbers: []string{"+441234567890"}}},
	}, []trunk.Route{
		{Name: "a", Pattern: `^\+1`, Trunks: []string{"open"}}, {Name: "b", Pattern: `^\+(1|33|979)|^112$`, Trunks: []string{"strict"}},
		{Name: "c", Pattern: `^\+(1|44)`, Trunks: []string{"some"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{Numbers: numbers, Trunks: table, Guards: guards})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func to(number string) Request {
	return Request{By: PrimaryKey, From: phone("+15550100001"), To: phone(number)}
}

// allow asks what a call asks: for its caller id, and for a place in every limit.
func allow(r *Rules, q Request) (release func(), err error) {
	if err := r.CallerID(q); err != nil {
		return nil, err
	}
	return r.Reserve(q)
}
