//go:build linux && !portable

package rtp

import (
	"net/netip"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/sdp"
)

// TestWhoIsHeardFromElsewhere is a peer that sends from another host than the one
// that it announced and signalled from.
func TestWhoIsHeardFromElsewhere(t *testing.T) {
	elsewhere := netip.MustParseAddrPort("127.0.0.3:4000")
	for _, test := range []struct {
		name      string
		protected bool
		moves     bool
		heard     bool
	}{
		{"is not heard", false, false, false},
		{"unless its packets are authentic", true, false, true},
		{"or it signals from there later", false, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := open(t), open(t)
			forA, forB := media(b), media(a)
			forB.Remote, forB.Host = elsewhere, elsewhere.Addr()
			if test.protected {
				key := sdp.NewKey()
				forA.Protection = sdp.Protection{Suite: sdp.AES128SHA80, Send: key, Receive: key}
				forB.Protection = forA.Protection
			}
			a.SetMedia(forA)
			b.SetMedia(forB)
			l := &line{a: a, b: b}
			voice := audio.NewOscillator(-10, 500)
			l.tick(voice, 10)
			if test.moves {
				b.SetHost(a.LocalAddr().Addr())
			}
			l.tick(voice, 20)
			if heard := b.Stats().Received > 0; heard != test.heard {
				t.Errorf("heard is %v: %+v", heard, b.Stats())
			}
		})
	}
}
