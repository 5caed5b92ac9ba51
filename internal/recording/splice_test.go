package recording

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// TestSpliceIsNotHeard: a tone that is brought to another place has no step that it has
// not anyway, and its pitch stays.
func TestSpliceIsNotHeard(t *testing.T) {
	for _, size := range []int{160, 320} {
		for _, change := range []time.Duration{-18 * time.Millisecond, -7 * time.Millisecond, 7 * time.Millisecond, 18 * time.Millisecond, 30 * time.Millisecond} {
			l := &line{}
			var heard []int16
			moment := int64(0) // of the tone, in samples: it goes on whatever its age is
			for at := audio.Tick(1000); at < 1100+holdBack; at++ {
				age := 60 * time.Millisecond
				if at >= 1050 {
					age += change
				}
				f := make(audio.Frame, size)
				for i := range f {
					f[i] = place(moment)
					moment++
				}
				l.begin(max(at, 1000+holdBack) - holdBack)
				l.put(audio.Heard{At: at, Frame: f, Age: age})
				if at >= 1000+holdBack {
					heard = append(heard, l.take()...)
				}
			}
			steepest := 0
			for i := 10*size + 1; i < 90*size; i++ {
				d := int(heard[i]) - int(heard[i-1])
				steepest = max(steepest, d, -d)
			}
			if steepest > 2*519 { // the tone has 519 at most
				t.Errorf("%d samples, %v: a step of %d", size, change, steepest)
			}
		}
	}
}
