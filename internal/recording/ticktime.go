package recording

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	// tickWindow is how many ticks are looked at together: of those that come late none
	// counts, if one of them is in time.
	tickWindow = audio.FramesPerSecond
	// tickLeap is by how much ticks are left out, or the clock of the machine is set, for
	// tickTime to leap.
	tickLeap = 40 * time.Millisecond
	// tickStep is how far it moves at a tick otherwise: a millisecond in a second.
	tickStep = 20 * time.Microsecond
)

// tickTime tells which time belongs to each tick of a mix, as Unix time in ns, smoothly:
// ticks come late, and a mix sometimes makes one 5 to 15 ms earlier, or 5 ms later
// (mixer/follow.go).
type tickTime struct {
	begun  bool
	origin int64 // of tick 0
	goal   int64 // that origin moves to
	least  int64 // of the present window
	looked int   // ticks of it
}

// tick takes note of a tick, and returns its time.
func (t *tickTime) tick(at audio.Tick, now int64) int64 {
	since := int64(at) * int64(audio.FrameDuration)
	origin := now - since
	if !t.begun {
		*t = tickTime{begun: true, origin: origin, goal: origin, least: origin}
	}
	t.least = min(t.least, origin)
	if t.looked++; t.looked == tickWindow {
		if t.goal = t.least; time.Duration(t.goal-t.origin).Abs() > tickLeap {
			t.origin = t.goal
		}
		t.least, t.looked = origin, 0
	}
	t.origin += min(max(t.goal-t.origin, -int64(tickStep)), int64(tickStep))
	return t.origin + since
}
