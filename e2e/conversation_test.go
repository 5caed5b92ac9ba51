package e2e

import (
	"slices"
	"testing"
)

// TestConversationsAreTold: with the setting that counts applications, a call
// between two identities raises the five events of a conversation, in order.
func TestConversationsAreTold(t *testing.T) {
	t.Parallel()
	p := start(t, setup{config: "events: {application-identities: true}"})
	a := startAgent(p, application{})
	p.mustRun("subscribe", "all", "--endpoint", a.url+"/events")
	var user struct{ CommunicationUserID string }
	a.do("createUser", nil, &user)
	c := a.create(values{"target": user.CommunicationUserID})
	callee := a.answer(a.wait("IncomingCall", func(e event) bool { return e.Event == "grid" && e.kind() == "IncomingCall" }).Raw[0])
	c.got("CallConnected")
	callee.got("CallConnected")
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
	callee.ended()
	a.wait("CallEnded", func(e event) bool { return e.Event == "grid" && e.kind() == "CallEnded" })
	var kinds []string
	for _, e := range a.all(func(e event) bool { return e.Event == "grid" }) {
		kinds = append(kinds, e.kind())
	}
	want := []string{"IncomingCall", "CallStarted", "CallParticipantAdded", "CallParticipantAdded", "CallParticipantRemoved", "CallParticipantRemoved", "CallEnded"}
	if !slices.Equal(kinds, want) {
		t.Errorf("the events are %v", kinds)
	}
}
