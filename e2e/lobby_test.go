package e2e

import (
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestCallerIsLetInFromALobby, as Microsoft's sample of a lobby has it: an application
// answers somebody who calls from a page, lets the caller wait, and moves the caller into
// its call with an agent, who is on a page as well. The caller's call goes on.
func TestCallerIsLetInFromALobby(t *testing.T) {
	t.Parallel()
	a := startAgent(start(t, setup{}), application{})
	a.product.subscribe("incoming", a.url+"/events")
	bot := a.createUser()
	caller, callersPage := a.page("Caller")
	agentUser, agentsPage := a.page("Agent")

	id := uuid.NewString()
	if answer, err := callersPage.Do(within(t, webrtctest.Patience), &protocol.CallStart{Call: id, To: []string{bot}}); err != nil || answer.Type() != "ok" {
		t.Fatalf("call.start: %+v, %v", answer, err)
	}
	callers, err := callersPage.Connect(within(t, webrtctest.Patience), id)
	must(t, err)
	defer callers.Close()
	lobby := a.answer(a.nextIncoming(0))
	lobby.got("CallConnected")
	lobby.do("playToAll", values{"urls": []string{a.saveTone("lobby.wav", promptLength)}, "operationContext": "wait"}, nil)
	must(t, callers.WaitTone(within(t, webrtctest.Patience), promptPitch))
	lobby.gotFor("wait", "PlayCompleted")

	office := a.create(values{"target": agentUser})
	agents, err := agentsPage.Accept(within(t, webrtctest.Patience))
	must(t, err)
	defer agents.Close()
	there := office.got("CallConnected").ServerCallID
	office.do("move", values{"targets": []string{caller}, "fromCall": lobby.id, "operationContext": "in"}, nil)
	if moved := office.gotFor("in", "MoveParticipantSucceeded"); moved.Participant.RawID != caller || moved.FromCall != lobby.id {
		t.Errorf("MoveParticipantSucceeded is %+v", moved)
	}
	lobby.ended()
	office.roster(3)
	await(t, callersPage, func(m *protocol.CallInfo) bool { return m.ServerCallID == there && m.Kind == protocol.CallKindGroup })
	await(t, callersPage, func(m *protocol.Roster) bool { return m.Full && len(m.Set) == 2 })
	callers.Say(440)
	must(t, agents.WaitTone(within(t, webrtctest.Patience), 440))
	agents.Say(620)
	must(t, callers.WaitTone(within(t, webrtctest.Patience), 620))
	office.do("hangUp", values{"forEveryone": true}, nil)
	office.ended()
	for _, page := range []*webrtctest.Client{callersPage, agentsPage} {
		if end := await(t, page, func(*protocol.CallEnded) bool { return true }); end.SubCode != 7000 {
			t.Errorf("the call ended with %+v", end)
		}
	}
}
