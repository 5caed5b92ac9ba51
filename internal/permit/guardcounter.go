package permit

import (
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// counter counts calls: those in progress and those of the last minute.
type counter struct {
	active int
	recent ratelimit.Window
}

func newCounter() counter { return counter{recent: ratelimit.NewWindow(time.Minute)} }

// maxAskers bounds the counters of one guard.
const maxAskers = 10_000

// A counter with calls in progress does not expire; one without does when its
// last minute is over.
const (
	inProgress = 100 * 365 * 24 * time.Hour
	idle       = time.Minute + time.Second // the window counts in slots of a second
)

// counter finds the counter of an asker; nil where too many have one. mu is held.
func (g *guard) counter(by string, now time.Time) *counter {
	if !g.Each {
		return &g.shared
	}
	if c, ok := g.each.Get(by, now); ok {
		return c
	}
	if g.each.Len(now) >= maxAskers { // to evict another asker's counter would lift his limits
		return nil
	}
	c := newCounter()
	return &c
}

// keep remembers an asker's counter for as long as it counts. mu is held.
func (g *guard) keep(by string, c *counter, now time.Time) {
	if !g.Each {
		return
	}
	until := now.Add(idle)
	if c.active > 0 {
		until = now.Add(inProgress)
	}
	g.each.PutUntil(by, c, now, until)
}
