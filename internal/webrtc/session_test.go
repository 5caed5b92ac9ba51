package webrtc_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestCallSurvivesItsSocket asks that a call goes on without the socket, that what
// happened meanwhile is told, once, and that ICE restarts on the same connection.
func TestCallSurvivesItsSocket(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	_, pb := w.inGroup(bob, group)
	a.Cut()
	pb.Say(440)
	w.must(pa.WaitTone(w.ctx, 440))
	seen := len(a.Events())
	e, pe := w.inGroup(eve, group)
	w.must(a.Resume(w.ctx))
	if !a.Welcome.Resumed || a.Welcome.Snapshot != nil {
		t.Errorf("the session is %+v", a.Welcome)
	}
	_, err := webrtctest.Wait(w.ctx, a, func(m *protocol.Roster) bool { return len(m.Set) == 1 && m.Set[0].ID == eve.Raw() })
	w.must(err)
	joined := 0
	for _, m := range a.Events()[seen:] {
		if roster, is := m.(*protocol.Roster); is && len(roster.Set) == 1 && roster.Set[0].ID == eve.Raw() {
			joined++
		}
	}
	if joined != 1 {
		t.Errorf("eve joined %d times", joined)
	}
	w.must(pa.Offer(w.ctx, true))
	pb.Say(0)
	pe.Say(620)
	pa.Heard.Forget()
	w.must(pa.WaitTone(w.ctx, 620))
	w.ok(e, &protocol.CallHangup{Call: pe.Call})
}

// TestPeerConnectionIsReplaced asks that the call goes on with a new peer connection.
func TestPeerConnectionIsReplaced(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	_, pb := w.inGroup(bob, group)
	pa.PC.Close()
	time.Sleep(300 * time.Millisecond) // the server sees that it is closed
	again, err := a.ConnectAgain(w.ctx, pa)
	w.must(err)
	t.Cleanup(again.Close)
	pb.Say(440)
	w.must(again.WaitTone(w.ctx, 440))
	again.Say(620)
	w.must(pb.WaitTone(w.ctx, 620))
}

// TestRequestsAreCarriedOutOnce: the same id has the same answer, on another socket too.
func TestRequestsAreCarriedOutOnce(t *testing.T) {
	w := newWorld(t)
	a := w.page(ann)
	b := w.page(bob)
	start := &protocol.CallStart{Call: uuid.NewString(), To: []string{bob.Raw()}}
	for range 2 {
		answer, err := a.DoAs(w.ctx, "once", start)
		w.must(err)
		if _, is := answer.(*protocol.OK); !is {
			t.Fatalf("%+v", answer)
		}
	}
	a.Cut()
	w.must(a.Resume(w.ctx))
	answer, err := a.DoAs(w.ctx, "once", start)
	w.must(err)
	if _, is := answer.(*protocol.OK); !is {
		t.Fatalf("%+v", answer)
	}
	_, err = webrtctest.Wait(w.ctx, b, func(*protocol.Incoming) bool { return true })
	w.must(err)
	rings := 0
	for _, m := range b.Events() {
		if _, is := m.(*protocol.Incoming); is {
			rings++
		}
	}
	if rings != 1 {
		t.Errorf("the callee is rung %d times", rings)
	}
	w.ok(a, &protocol.CallHangup{Call: start.Call})
}

// TestTheSessionsOfADeletedUserEnd at once: others do not wait for clients that cannot come back.
func TestTheSessionsOfADeletedUserEnd(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, _ := w.inGroup(ann, group)
	b, pb := w.inGroup(bob, group)
	w.server.EndUser(ann)
	_, err := webrtctest.Wait(w.ctx, b, func(m *protocol.Roster) bool { return len(m.Removed) == 1 && m.Removed[0] == ann.Raw() })
	w.must(err)
	if w.server.Sessions() != 1 || w.server.Present(ann.Raw()) {
		t.Error("a session of the user goes on")
	}
	if err := a.Resume(w.ctx); err == nil {
		t.Error("the session is resumed")
	}
	w.ok(b, &protocol.CallHangup{Call: pb.Call})
}
