package recording

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// TestTickTimeIsSmooth: late ticks do not move it, an earlier phase of the mix moves it
// slowly, and after a long stop it leaps.
func TestTickTimeIsSmooth(t *testing.T) {
	var times tickTime
	shift := time.Duration(0) // of the ticks
	var before int64
	largest := func(from, to audio.Tick, late time.Duration) (step, off time.Duration) {
		for at := from; at < to; at++ {
			due := int64(at)*int64(audio.FrameDuration) + int64(shift)
			now := due
			if at%3 != 0 {
				now += int64(late)
			}
			got := times.tick(at, now)
			if before != 0 {
				step = max(step, (time.Duration(got-before) - audio.FrameDuration).Abs())
			}
			before, off = got, time.Duration(got-due)
		}
		return step, off
	}
	if step, off := largest(0, 500, 15*time.Millisecond); step > tickStep || off > time.Millisecond {
		t.Errorf("late ticks move it by %v, and it is off by %v", step, off)
	}
	shift = -10 * time.Millisecond
	if step, off := largest(500, 1200, 0); step > tickStep || off > time.Millisecond {
		t.Errorf("an earlier phase moves it by %v, and it is off by %v", step, off)
	}
	shift = 300 * time.Millisecond
	if step, off := largest(1200, 1350, 0); step < 250*time.Millisecond || off.Abs() > time.Millisecond {
		t.Errorf("a stop moves it by %v, and it is off by %v", step, off)
	}
}
