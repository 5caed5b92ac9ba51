package recording

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// FuzzLine: whatever comes in whatever order, of whatever age, is put somewhere or nowhere.
// The goroutine of all recordings runs this.
func FuzzLine(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 200, 201, 202, 255, 0, 0, 0})
	f.Add([]byte("a voice whose age changes all the time"))
	f.Fuzz(func(t *testing.T, moves []byte) {
		var l line
		at, heard, size := audio.Tick(0), audio.Tick(0), frameSamples/2
		loud := make([]int16, frameSamples)
		for i := range loud {
			loud[i] = int16(8000 * (i%40 - 20))
		}
		for _, m := range moves {
			switch what, how := m&7, int(m>>3); what {
			case 0:
				at += audio.Tick(how%3 + 1)
				heard = max(heard, at)
				l.begin(at)
				if got := l.take(); got != nil && len(got) != frameSamples && len(got) != frameSamples/2 {
					t.Fatalf("a frame of %d samples", len(got))
				}
				l.over()
			case 1:
				size = frameSamples
			case 2:
				l.put(audio.Heard{At: heard})
				heard++
			default:
				if heard > at+holdBack {
					continue
				}
				age := time.Duration(how) * time.Duration(what) * 1117 * time.Microsecond
				l.put(audio.Heard{At: heard, Frame: loud[:size], Age: min(age, oldest)})
				heard++
			}
		}
	})
}
