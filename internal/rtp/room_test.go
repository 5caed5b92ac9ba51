//go:build linux && !portable

package rtp

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// BenchmarkRoomOfAHundred is one tick of a room of a hundred legs that all get a
// packet, without the mixing itself (see package mixer): each leg takes a packet
// from its socket and sends one. They are each other's peers.
func BenchmarkRoomOfAHundred(b *testing.B) {
	for _, test := range []struct {
		name  string
		codec codec.Codec
		rate  int
	}{
		{"PCMA at 8 kHz", codec.PCMA, 8000}, {"PCMA at 16 kHz", codec.PCMA, 16000},
		{"G722 at 8 kHz", codec.G722, 8000}, {"G722 at 16 kHz", codec.G722, 16000},
	} {
		b.Run(test.name, func(b *testing.B) {
			var legs []*Session
			for range 50 {
				one, other := pair(b, with(test.codec))
				legs = append(legs, one, other)
			}
			said, heard := make(audio.Frame, test.rate/50), make(audio.Frame, test.rate/50)
			audio.NewOscillator(-10, 1000).ReadFrame(said)
			b.ReportAllocs()
			for b.Loop() {
				for _, leg := range legs {
					leg.ReadFrame(heard)
				}
				for _, leg := range legs {
					leg.WriteFrame(said)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(legs)), "ns/leg")
		})
	}
}
