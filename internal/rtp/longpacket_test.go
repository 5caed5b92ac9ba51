//go:build linux && !portable

package rtp

import (
	"fmt"
	"testing"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// TestLongPacketsAreHeard: gateways that save headers put up to 200 ms into a packet, which a
// receiver should take (RFC 3551 §4.2), whatever it likes itself.
func TestLongPacketsAreHeard(t *testing.T) {
	for _, frames := range []int{3, 4, 5, 10} {
		t.Run(fmt.Sprint(frames*20, " ms"), func(t *testing.T) {
			s, peer := listener(t)
			var pcm []int16
			frame := make([]int16, 160)
			var packet []byte
			begin, sequence := header{}, uint16(65530)
			for i, one := range talk(4, 20, 0) {
				if i%frames == 0 {
					begin = one.header
				}
				if packet = append(packet, one.payload...); (i+1)%frames == 0 {
					begin.sequence, sequence = sequence, sequence+1
					peer.say(t, begin, packet, s)
					packet = nil
				}
				if !s.ReadFrame(frame) {
					clear(frame)
				}
				pcm = append(pcm, frame...)
			}
			if share := audiotest.Goertzel(pcm[100*160:], 8000, tone); share < 0.99 {
				t.Errorf("heard %s", audiotest.Describe(pcm[100*160:], 8000))
			}
			if stats := s.Stats(); stats.Lost+stats.Late+stats.Discarded+stats.Duplicates > 0 || stats.Concealed > uint64(2*frames) {
				t.Errorf("%+v", stats)
			}
		})
	}
}
