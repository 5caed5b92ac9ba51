package sfu

import "time"

// queue is what is known of a queue that delays packets too long.
type queue struct {
	delay time.Duration // when the estimate fell first because of it
	falls int
}

// fallsEnough is after how many falls, which are fallPause apart, a queue of ours would be
// shorter than it was: each leaves 0.85 of what arrived, so that half a second of it is gone.
const fallsEnough = 4

// fall notes that the estimate has fallen.
func (q *queue) fall(delay time.Duration) {
	if q.falls++; q.falls == 1 {
		q.delay = delay
	}
}

// stands reports whether a delay is the path's own: it is as long as before, though less
// was sent for so long.
func (q *queue) stands(delay time.Duration) bool {
	return q.falls >= fallsEnough && delay >= q.delay*9/10
}

// lengthen takes the present delay for that of an empty path: the path has become longer,
// as when a client went from one network to another, or others keep its queue full.
func (e *estimator) lengthen() {
	for i := range e.base {
		e.base[i] += e.delay
	}
	for i := range e.marks {
		e.marks[i].delay = max(e.marks[i].delay-e.delay, 0)
	}
	e.delay, e.queued = 0, queue{}
}

// restart forgets the path, for there may be another one. What was sent into the one before
// and never arrived is no loss of this one.
func (b *bandwidth) restart(now time.Time) {
	e := &b.estimator
	if e.past == nil {
		return // nothing is known
	}
	*e = estimator{rate: min(e.rate, firstEstimate), next: e.next, past: e.past, began: e.began, spare: e.spare, heard: now, newest: e.next}
	clear(e.past)
	b.probe = probe{}
}
