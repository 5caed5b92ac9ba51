//go:build linux && !portable

package rtp

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// dropping lets a peer's packets through but for every so many.
func dropping(t *testing.T, every int) *Session {
	t.Helper()
	heard, peer := open(t), newRawPeer(t)
	m := media(heard)
	m.Remote = peer.at
	heard.SetMedia(m)
	var frame [160]int16
	for i, packet := range talk(12, 20, 0) {
		if every == 0 || i%every != every-1 {
			h := packet.header
			h.payloadType = m.Sending.Codecs[0].PayloadType
			peer.say(t, h, packet.payload, heard)
		}
		heard.ReadFrame(frame[:])
		heard.WriteFrame(nil)
	}
	return heard
}

func TestOpinionFallsWithLoss(t *testing.T) {
	previous := 5.0
	for _, test := range []struct {
		every       int
		least, most float64
	}{{0, 4.3, 4.41}, {50, 4, 4.35}, {10, 3.0, 3.7}, {4, 1.5, 2.8}} {
		s := dropping(t, test.every)
		stats, summary := s.Stats(), s.Summary()
		if stats.MOS < test.least || stats.MOS > test.most || stats.MOS >= previous {
			t.Errorf("one of %d lost: an opinion of %.2f after %.2f: %+v", test.every, stats.MOS, previous, stats)
		}
		previous = stats.MOS
		if test.every > 0 && (summary.Loss < 0.9/float64(test.every) || summary.Loss > 1.1/float64(test.every) || summary.Concealed == 0) {
			t.Errorf("one of %d lost: %+v", test.every, summary)
		}
		if summary.Codec != "PCMU" || summary.Received != stats.Received || summary.MOS != stats.MOS {
			t.Errorf("%+v of %+v", summary, stats)
		}
	}
	if s := open(t); s.Stats().MOS != 0 || s.Summary() != (Summary{}) {
		t.Errorf("an opinion of nothing: %+v", s.Summary())
	}
}

func TestReportsHoldVoIPMetrics(t *testing.T) {
	s := dropping(t, 10)
	n := s.stream.writeReport(time.Now())
	f, ok := parseRTCP(s.stream.control.packet[:n], 1) // the peer's SSRC is 1
	if !ok || !f.told || !f.heard {
		t.Fatalf("%v, %+v", ok, f)
	}
	v := f.quality
	if v.lossRate < 22 || v.lossRate > 28 || v.burstDensity < 20 || v.burstDuration == 0 {
		t.Errorf("loss of one in ten: %+v", v)
	}
	if v.listening < 30 || v.listening > 40 || v.conversing > v.listening || v.nominal == 0 || v.endDelay <= v.nominal {
		t.Errorf("opinions: %+v", v)
	}
}

func TestPeersOpinionIsTold(t *testing.T) {
	a, b := pair(t)
	l := &line{a: a, b: b}
	l.tick(audio.NewOscillator(-10, 1000), 3*reportTicks)
	for _, s := range []*Session{a, b} {
		if stats := s.Stats(); stats.RemoteMOS < 4.2 || stats.RemoteMOS > 4.5 || stats.MOS < 4.2 {
			t.Errorf("%+v", stats)
		}
	}
}
