package mixer

import (
	"slices"
	"sync/atomic"
	"time"
)

// lateWindow is how many wakes make one judgement: half a second of them.
const lateWindow = 100

// lateness watches how late a shard's thread gets the processor. The shard
// records; anybody may read the atomic fields.
type lateness struct {
	wakes [lateWindow]time.Duration
	n     int
	round time.Duration // the longest of this window

	alive  atomic.Int64 // when the shard last woke; 0 while nobody is there
	before atomic.Int64 // p99 of the window before the last one, ns
	last   atomic.Int64 // p99 of the last whole window
	worst  atomic.Int64 // the latest wake of the last whole window
	walk   atomic.Int64 // the longest round of the last whole window

	observe func(seconds float64) // nil, or the metric
}

func (l *lateness) begin(now time.Duration) { l.alive.Store(int64(now)) }

// reset forgets everything: nobody is here who could suffer.
func (l *lateness) reset() {
	l.n, l.round = 0, 0
	for _, field := range []*atomic.Int64{&l.alive, &l.before, &l.last, &l.worst, &l.walk} {
		field.Store(0)
	}
}

// record notes one wake.
func (l *lateness) record(now, late time.Duration) {
	l.alive.Store(int64(now))
	if l.observe != nil {
		l.observe(late.Seconds())
	}
	l.wakes[l.n] = late
	l.n++
	if l.n < lateWindow {
		return
	}
	slices.Sort(l.wakes[:])
	l.before.Store(l.last.Load())
	l.last.Store(int64(l.wakes[lateWindow*99/100-1]))
	l.worst.Store(int64(l.wakes[lateWindow-1]))
	l.walk.Store(int64(l.round))
	l.n, l.round = 0, 0
}

// walked notes how long walking all the calls once took.
func (l *lateness) walked(round time.Duration) { l.round = max(l.round, round) }

// exceeds reports whether the p99 was above a limit in both of the last two
// windows, so that one pause of the machine refuses nobody, or the thread has
// not run at all for a window's time.
func (l *lateness) exceeds(limit, now time.Duration) bool {
	if alive := time.Duration(l.alive.Load()); alive > 0 && now-alive > lateWindow*wakeEvery {
		return true
	}
	return l.before.Load() > int64(limit) && l.last.Load() > int64(limit)
}
