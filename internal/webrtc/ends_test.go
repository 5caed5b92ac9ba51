package webrtc_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestOthersLearnThatAPageWasClosed: who hangs up ends a call of two with 0/0, a page that
// is closed with 0/4521.
func TestOthersLearnThatAPageWasClosed(t *testing.T) {
	for _, test := range []struct {
		name    string
		leave   func(*world, *webrtctest.Client, string)
		subCode int
	}{
		{"hangs up", func(w *world, c *webrtctest.Client, call string) { w.ok(c, &protocol.CallHangup{Call: call}) }, 0},
		{"closes its page", func(w *world, c *webrtctest.Client, _ string) { w.must(c.Write([]byte(`{"t":"bye"}`))) }, 4521},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			a, b := w.page(ann), w.page(bob)
			pa, err := a.Start(w.ctx, protocol.CallStart{To: []string{bob.Raw()}})
			w.must(err)
			defer pa.Close()
			pb, err := b.Accept(w.ctx)
			w.must(err)
			defer pb.Close()
			w.state(a, protocol.CallStateConnected)
			test.leave(w, b, pb.Call)
			w.ended(a, 0, test.subCode)
		})
	}
}

// TestARoomThatHasExpiredIsNotJoined: validUntil is until when a room is joined; a call
// that goes on then goes on, also for a page that comes back to it.
func TestARoomThatHasExpiredIsNotJoined(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Attendee)
	_, pb := w.inRoom(bob, call.Presenter)
	w.rooms.expire()
	again := w.page(ann)
	_, err := again.Join(w.ctx, protocol.CallJoin{Room: roomID})
	if code, subCode := webrtctest.Codes(err); code != 403 || subCode != 5829 {
		t.Errorf("a second page joins: %v", err)
	}
	a.Cut()
	w.must(a.Resume(w.ctx))
	w.must(pa.Offer(w.ctx, true))
	pb.Say(440)
	w.must(pa.WaitTone(w.ctx, 440))
}

// TestCallsOfAClientAreLimited: whoever begins one call after the other is refused, not
// forgotten, and may begin again what it has begun.
func TestCallsOfAClientAreLimited(t *testing.T) {
	w := newWorld(t)
	a := w.page(ann)
	refused := 0
	for range 50 {
		answer, err := a.Do(w.ctx, &protocol.CallStart{Call: uuid.NewString(), To: []string{eve.Raw()}}) // who is not there
		w.must(err)
		if m, is := answer.(*protocol.Refusal); is && m.Code == 429 {
			refused++
		}
	}
	if refused == 0 || refused > 20 {
		t.Errorf("%d of 50 calls were refused, want 20", refused)
	}
}
