package webrtc_test

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// network is one to the world's media port.
func (w *world) network() *webrtctest.Network {
	w.Helper()
	n, err := webrtctest.NewNetwork(w.media.Addr(), 7)
	w.must(err)
	w.Cleanup(n.Close)
	return n
}

// TestSoundPassesABadNetwork: a page joins over a network that loses, delays and reorders
// packets, and hears and is heard; no sound passes while it is cut, and then again,
// without a word; and over another network after a restart of ICE.
func TestSoundPassesABadNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	group := newGroup()
	_, other := w.inGroup(bob, group)
	c := w.page(ann)
	c.Network = w.network()
	c.Network.Be(webrtctest.Badness{Loss: 0.05, Delay: 20 * time.Millisecond, Jitter: 30 * time.Millisecond})
	p, err := c.Join(w.ctx, protocol.CallJoin{Group: group})
	w.must(err)
	t.Cleanup(p.Close)
	p.Say(440)
	other.Say(620)
	w.must(other.WaitTone(w.ctx, 440))
	w.must(p.WaitTone(w.ctx, 620))
	w.until("packets are lost", func() bool { _, lost := c.Network.Counts(); return lost > 0 })

	c.Network.Be(webrtctest.Badness{Cut: true})
	other.Heard.Forget()
	w.must(other.WaitSilence(w.ctx))
	c.Network.Be(webrtctest.Badness{})
	other.Heard.Forget()
	w.must(other.WaitTone(w.ctx, 440))
	p.Heard.Forget()
	w.must(p.WaitTone(w.ctx, 620))

	c.Network.Be(webrtctest.Badness{Cut: true})
	c.Network = w.network() // as when Wi-Fi gives way to a mobile network
	w.must(p.Offer(w.ctx, true))
	other.Heard.Forget()
	w.must(other.WaitTone(w.ctx, 440))
	p.Heard.Forget()
	w.must(p.WaitTone(w.ctx, 620))
	for _, m := range c.Events() {
		if end, is := m.(*protocol.CallEnded); is {
			t.Errorf("the call ended with %+v", end)
		}
	}
}
