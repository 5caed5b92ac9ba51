package webrtc_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestPageTransfersItsCall: the other talks to somebody else then, and the page has left
// with 0/7015.
func TestPageTransfersItsCall(t *testing.T) {
	w := newWorld(t)
	a, b, e := w.page(ann), w.page(bob), w.page(eve)
	pa, err := a.Start(w.ctx, protocol.CallStart{To: []string{bob.Raw()}})
	w.must(err)
	t.Cleanup(pa.Close)
	pb, err := b.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pb.Close)
	w.state(a, protocol.CallStateConnected)
	w.state(b, protocol.CallStateConnected)
	w.ok(a, &protocol.CallTransfer{Call: pa.Call, To: eve.Raw()})
	pe, err := e.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pe.Close)
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.CallTransferChanged) bool { return m.State == protocol.TransferStateTransferred })
	w.must(err)
	w.ended(a, 0, 7015)
	_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.CallTransferred) bool { return m.Call == pb.Call && m.To == eve.Raw() })
	w.must(err)
	pe.Say(440)
	w.must(pb.WaitTone(w.ctx, 440))
	_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.Roster) bool { return len(m.Removed) == 1 && m.Removed[0] == ann.Raw() })
	w.must(err)
}

// TestPageJoinsItsTwoCalls: it asks the second person whether to take the call of the first,
// and leaves both; those two talk. A call that is not its own is not joined.
func TestPageJoinsItsTwoCalls(t *testing.T) {
	w := newWorld(t)
	a, b, e := w.page(ann), w.page(bob), w.page(eve)
	call := func(who *webrtctest.Client, to identifier.ID) (mine, theirs *webrtctest.Peer) {
		mine, err := a.Start(w.ctx, protocol.CallStart{To: []string{to.Raw()}})
		w.must(err)
		t.Cleanup(mine.Close)
		theirs, err = who.Accept(w.ctx)
		w.must(err)
		t.Cleanup(theirs.Close)
		w.state(who, protocol.CallStateConnected)
		return mine, theirs
	}
	first, pb := call(b, bob)
	w.ok(a, &protocol.CallHold{Call: first.Call})
	second, pe := call(e, eve)
	for to, code := range map[string]string{uuid.NewString(): "404/0", first.Call: "400/0"} {
		if got := w.wants(a, &protocol.CallTransfer{Call: first.Call, ToCall: to}); got != code {
			t.Errorf("a transfer to %s: %s, want %s", to, got, code)
		}
	}
	w.ok(a, &protocol.CallTransfer{Call: first.Call, ToCall: second.Call})
	_, err := webrtctest.Wait(w.ctx, a, func(m *protocol.CallTransferChanged) bool { return m.State == protocol.TransferStateTransferred })
	w.must(err)
	for _, mine := range []*webrtctest.Peer{first, second} {
		end, err := webrtctest.Wait(w.ctx, a, func(m *protocol.CallEnded) bool { return m.Call == mine.Call })
		w.must(err)
		if end.Code != 0 || end.SubCode != 7015 {
			t.Errorf("it left with %+v", end)
		}
	}
	_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.CallTransferred) bool { return m.Call == pb.Call && m.To == eve.Raw() })
	w.must(err)
	for _, m := range e.Events() {
		if told, is := m.(*protocol.CallTransferred); is {
			t.Errorf("the target is told that it was transferred: %+v", told)
		}
	}
	pb.Say(440)
	w.must(pe.WaitTone(w.ctx, 440))
	pe.Say(620)
	w.must(pb.WaitTone(w.ctx, 620))
	w.shown(b, eve, protocol.PersonStateConnected)
	w.ok(e, &protocol.CallHangup{Call: pe.Call})
	w.ended(b, 0, 0)
}
