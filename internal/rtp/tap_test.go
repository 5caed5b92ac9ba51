//go:build linux && !portable

package rtp

import (
	"bytes"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/sdp"
)

// TestTapSeesPlainPackets of both directions, also where SRTP protects them, and
// allocates nothing on the way.
func TestTapSeesPlainPackets(t *testing.T) {
	keys := [2]sdp.Key{{1}, {2}}
	turn := 0
	a, b := pair(t, func(m *sdp.Media) {
		m.Protection = sdp.Protection{Suite: sdp.AES128SHA80, Send: keys[turn%2], Receive: keys[(turn+1)%2]}
		turn++
	})
	var sent, received [][]byte
	var point TapPoint
	a.TapAt(&point)
	var other TapPoint
	b.TapAt(&other)
	point.Set(func(p Tapped) {
		if p.Sent && p.Local == a.LocalAddr() && p.Remote == b.LocalAddr() && p.At > 0 {
			sent = append(sent, bytes.Clone(p.Packet))
		}
	})
	other.Set(func(p Tapped) {
		if !p.Sent && p.Local == b.LocalAddr() && p.Remote == a.LocalAddr() {
			received = append(received, bytes.Clone(p.Packet))
		}
	})
	l := &line{a: a, b: b}
	l.tick(audio.NewOscillator(-10, 1000), 10)
	if len(sent) != 10 || len(received) < 8 {
		t.Fatalf("%d were seen as they were sent, %d as they came", len(sent), len(received))
	}
	for i, packet := range received {
		if !bytes.Equal(packet, sent[i]) {
			t.Fatalf("packet %d is %x, and was %x", i, packet, sent[i])
		}
	}
	point.Set(nil)
	l.tick(audio.NewOscillator(-10, 1000), 5)
	if len(sent) != 10 {
		t.Errorf("%d packets were seen after the end", len(sent)-10)
	}
	voice, count := audio.NewOscillator(-10, 1000), 0
	point.Set(func(Tapped) { count++ })
	if n := testing.AllocsPerRun(50, func() { voice.ReadFrame(l.frame[:]); a.WriteFrame(l.frame[:]) }); n != 0 {
		t.Errorf("a packet that is seen allocates %v times", n)
	}
}
