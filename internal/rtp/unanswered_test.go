//go:build linux && !portable

package rtp

import (
	"net/netip"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// TestAddressThatNeverAnswersGetsComfortOnly is a peer that wants its sound at another
// host than it signals from: after a while that host has to show that it wants it.
func TestAddressThatNeverAnswersGetsComfortOnly(t *testing.T) {
	here, third := netip.MustParseAddr("127.0.0.1"), NewPorts(Config{Low: 22700, High: 22799, Bind: netip.MustParseAddr("127.0.0.3")})
	for _, test := range []struct {
		name          string
		host          netip.Addr
		known, listen bool
		seconds, want int // packets in the last second
	}{
		{"at first it gets the sound", here, false, false, 4, 50},
		{"after 5 s comfort sound alone", here, false, false, 8, longestFrames},
		{"who only listens has longer", here, false, true, 59, 50},
		{"but not for ever", here, false, true, 65, longestFrames},
		{"the host that signals gets it for ever", netip.MustParseAddr("127.0.0.3"), false, false, 65, 50},
		{"and so does one of the configuration", here, true, false, 65, 50},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			victim, err := third.Open(Holder{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = victim.Close() })
			forA := media(victim)
			forA.Host, forA.Known, forA.Receive = test.host, test.known, !test.listen
			a.SetMedia(forA)
			l := &line{a: a, b: victim}
			voice := audio.NewOscillator(-10, 500)
			l.tick(voice, 50*(test.seconds-1))
			before := a.Stats().Sent
			l.tick(voice, 50)
			if sent := int(a.Stats().Sent - before); sent != test.want {
				t.Errorf("%d packets in the last second, want %d", sent, test.want)
			}
			_ = victim.rtp.send([]byte("STUN or whatever it is"), a.LocalAddr())
			l.tick(voice, 2)
			before = a.Stats().Sent
			l.tick(voice, 50)
			if sent := int(a.Stats().Sent - before); sent != 50 {
				t.Errorf("%d packets in a second after it has sent something, want 50", sent)
			}
		})
	}
}
