package rtp

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
)

// TestDepthIsCollectedFirst asks how many ticks sound waits, by setting.
func TestDepthIsCollectedFirst(t *testing.T) {
	for wanted, want := range map[time.Duration]int{0: 1, -1: 0, 20 * time.Millisecond: 0, 60 * time.Millisecond: 2, 100 * time.Millisecond: 4} {
		p := playout{wanted: wanted}
		p.init(newListening(codec.PCMU))
		frame := make([]int16, 160)
		for n := range 20 {
			p.push(header{sequence: uint16(n), timestamp: uint32(160 * n)}, make([]byte, 160), true)
			if p.frame(frame, false) == speech {
				if n != want {
					t.Errorf("%v: heard from tick %d on, want %d", wanted, n, want)
				}
				break
			}
		}
	}
}
