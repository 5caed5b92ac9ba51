package webrtc_test

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestApplicationConnectsToARoom asks that an application controls the call of a room
// whatever the roles there are, and that events name the room and the roles.
func TestApplicationConnectsToARoom(t *testing.T) {
	w := newWorld(t)
	a, _ := w.inRoom(ann, call.Attendee)
	b, pb := w.inRoom(bob, call.Consumer)
	made, err := w.calls.Connect(w.ctx, call.Locator{RoomID: roomID}, call.Control{CallbackURI: "http://app.test", Version: "2026-03-12"})
	w.must(err)
	conn, err := w.calls.Connection(made.ID)
	w.must(err)
	w.until("the application hears that it is connected", func() bool {
		return w.published.Names(made.ID) == "CallConnected ParticipantsUpdated"
	})
	started, joined := false, 0
	for _, e := range w.published.All() {
		switch e := e.(type) {
		case call.ConversationStarted:
			started = e.RoomID == roomID && e.GroupID == "" && e.StarterRole == call.Attendee
		case call.ConversationJoined:
			if e.Who == ann && e.Role == call.Attendee || e.Who == bob && e.Role == call.Consumer {
				joined++
			}
		}
	}
	if !started || joined != 2 {
		t.Errorf("events name the room: %v; roles: %d", started, joined)
	}
	if _, err := conn.Add(w.ctx, call.Add{Who: phoneID(aPhone), CallerID: phoneID(ourPhone)}); err == nil {
		t.Error("an application dials out of a room that does not permit it")
	}
	w.until("the Consumer hears the room", func() bool { return pb.Received() > 0 })
	w.must(conn.Remove(w.ctx, ann, call.Context{}))
	w.ended(a, 0, 5300)
	w.must(conn.Terminate(w.ctx))
	w.ended(b, 0, 7000)
	_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.Roster) bool { return len(m.Removed) == 1 })
	w.must(err)
}

func phoneID(number string) identifier.ID {
	id, err := identifier.Phone(number)
	if err != nil {
		panic(err)
	}
	return id
}
