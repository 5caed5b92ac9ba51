package delivery

import "time"

// timerQueue is a queue of functions by their time: a binary heap, written out because
// container/heap allocates for each item. A function that is no longer wanted finds that
// out itself.
type timerQueue struct {
	items []item
	count uint64
}

type item struct {
	at    time.Time
	order uint64 // among those of one moment
	do    func()
}

func (i *item) isBefore(other *item) bool {
	if i.at.Equal(other.at) {
		return i.order < other.order
	}
	return i.at.Before(other.at)
}

// at has a function called at a time.
func (a *timerQueue) at(t time.Time, do func()) {
	a.count++
	a.items = append(a.items, item{t, a.count, do})
	for at := len(a.items) - 1; at > 0; {
		parent := (at - 1) / 2
		if !a.items[at].isBefore(&a.items[parent]) {
			return
		}
		a.items[at], a.items[parent] = a.items[parent], a.items[at]
		at = parent
	}
}

// coarse is what a time may be put off that need not be exact.
const coarse = 50 * time.Millisecond

// about has a function called soon after a time, together with others.
func (a *timerQueue) about(t time.Time, do func()) {
	early := time.Duration(t.UnixNano()) % coarse
	if early > 0 {
		t = t.Add(coarse - early) // Truncate would take its monotonic reading
	}
	a.at(t, do)
}

// next returns when the earliest item is due.
func (a *timerQueue) next() (time.Time, bool) {
	if len(a.items) == 0 {
		return time.Time{}, false
	}
	return a.items[0].at, true
}

// run calls what is due by now, maxPerTurn at most.
func (a *timerQueue) run(now time.Time) {
	for range maxPerTurn {
		if len(a.items) == 0 || a.items[0].at.After(now) {
			return
		}
		a.pop()()
	}
}

// pop takes out the earliest item.
func (a *timerQueue) pop() (do func()) {
	do = a.items[0].do
	last := len(a.items) - 1
	a.items[0], a.items[last] = a.items[last], item{} // let what it holds go
	a.items = a.items[:last]
	for at := 0; ; {
		child := 2*at + 1
		if child >= last {
			return do
		}
		if other := child + 1; other < last && a.items[other].isBefore(&a.items[child]) {
			child = other
		}
		if !a.items[child].isBefore(&a.items[at]) {
			return do
		}
		a.items[at], a.items[child] = a.items[child], a.items[at]
		at = child
	}
}
