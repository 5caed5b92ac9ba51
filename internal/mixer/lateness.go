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
	wakes  [lateWindow]time.Duration
	n      int
	rounds [lateWindow / phases]time.Duration
	walks  int // of this window

	alive  atomic.Int64 // when the shard last woke; 0 while nobody is there
	before atomic.Int64 // p99 of the window before the last one, ns
	last   atomic.Int64 // p99 of the last whole window
	worst  atomic.Int64 // the latest wake of the last whole window
	walk   atomic.Int64 // the longest round of the last whole window
	p90    atomic.Int64 // of the rounds of that window

	observe func(seconds float64) // nil, or the metric
}

func (l *lateness) begin(now time.Duration) { l.alive.Store(int64(now)) }

// reset forgets everything: nobody is here who could suffer.
func (l *lateness) reset() {
	l.n, l.walks = 0, 0
	for _, field := range []*atomic.Int64{&l.alive, &l.before, &l.last, &l.worst, &l.walk, &l.p90} {
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
	l.judgeRounds()
	l.n, l.walks = 0, 0
}

// judgeRounds ends the rounds of a window. A shard that is full is so in many of them: during
// a single one, other programs may have had the processor.
func (l *lateness) judgeRounds() {
	if l.walks == 0 {
		return
	}
	slices.Sort(l.rounds[:l.walks])
	l.walk.Store(int64(l.rounds[l.walks-1]))
	l.p90.Store(int64(l.rounds[(l.walks-1)*9/10]))
}

// walked notes how long walking all the calls once took.
func (l *lateness) walked(round time.Duration) {
	if l.walks < len(l.rounds) {
		l.rounds[l.walks] = round
		l.walks++
	}
}

// exceeds reports whether the p99 was above a limit in both of the last two
// windows, so that one pause of the machine refuses nobody, or the thread has
// not run at all for a window's time, or for the limit where that is longer.
func (l *lateness) exceeds(limit, now time.Duration) bool {
	if alive := time.Duration(l.alive.Load()); alive > 0 && now-alive > max(lateWindow*wakeEvery, limit) {
		return true
	}
	return l.before.Load() > int64(limit) && l.last.Load() > int64(limit)
}
