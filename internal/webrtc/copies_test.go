package webrtc_test

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// TestCopiesAreTakenFromAnyClient: a client that is no browser offers redundant audio data,
// and of its packets every second one is lost. It is heard, and the record of the call has
// nothing of the loss.
func TestCopiesAreTakenFromAnyClient(t *testing.T) {
	if err := codec.OpusMissing(); err != nil {
		t.Skip(err)
	}
	w := newWorld(t)
	group := newGroup()
	_, other := w.inGroup(bob, group)
	a := w.page(ann)
	a.Codec, a.Copies = codec.Opus, true
	p, err := a.Join(w.ctx, protocol.CallJoin{Group: group})
	w.must(err)
	t.Cleanup(p.Close)
	w.state(a, protocol.CallStateConnected)
	for _, pitch := range []int{440, 620, 440, 620, 440, 620} { // some two dozen packets at least
		p.Say(pitch)
		w.must(other.WaitTone(w.ctx, float64(pitch)))
		other.Heard.Forget()
	}
	w.ok(a, &protocol.CallHangup{Call: p.Call})
	var sound call.Sound
	w.until("the leg has a record", func() bool {
		w.watcher.mu.Lock()
		defer w.watcher.mu.Unlock()
		for _, n := range w.watcher.gone {
			if n.Who == ann {
				sound = n.Wire.Sound
			}
		}
		return sound.Received > 0
	})
	if sound.Codec != "opus" || sound.Received < 20 || sound.Loss > 0.1 {
		t.Errorf("of a client half of whose packets come: %+v", sound)
	}
}
