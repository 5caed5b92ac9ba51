package webrtc_test

import (
	"testing"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestPagesBehindFirewallsTalk: their media goes by TURN alone, with what welcome says.
func TestPagesBehindFirewallsTalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, direct := w.inGroup(bob, "5f8f6d1e-9c1b-4d52-9d9e-0b1f5a0c7e11")
	for _, way := range []string{"transport=udp", "transport=tcp"} {
		c := w.page(ann)
		c.Relayed = way
		p, err := c.Join(w.ctx, protocol.CallJoin{Group: "5f8f6d1e-9c1b-4d52-9d9e-0b1f5a0c7e11"})
		w.must(err)
		pair, err := p.PC.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
		if err == nil && pair.Local.Typ != webrtc.ICECandidateTypeRelay {
			t.Errorf("%s: the path is %v", way, pair)
		}
		p.Say(440)
		w.must(direct.WaitTone(w.ctx, 440))
		p.Say(0)
		direct.Say(620)
		w.must(p.WaitTone(w.ctx, 620))
		direct.Say(0)
		if w.relay.Allocations() == 0 {
			t.Errorf("%s: nothing is relayed", way)
		}
		_, err = c.Do(w.ctx, &protocol.CallHangup{Call: p.Call})
		w.must(err)
		p.Close()
		w.until("the allocation is given back", func() bool { return w.relay.Allocations() == 0 })
		direct.Heard.Forget()
	}
	if _, err := webrtctest.Dial(w.ctx, w.url(), protocol.Hello{Token: "nobody"}); err == nil {
		t.Error("who shows no token gets credentials")
	}
}
