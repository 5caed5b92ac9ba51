package delivery

import (
	"container/heap"
	"time"
)

// timerQueue is a queue of functions by their time. A function that is no longer
// wanted finds that out itself.
type timerQueue struct {
	items items
	count uint64
}

type item struct {
	at    time.Time
	order uint64 // among those of one moment
	do    func()
}

func (a *timerQueue) at(t time.Time, do func()) {
	a.count++
	heap.Push(&a.items, item{t, a.count, do})
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
		heap.Pop(&a.items).(item).do()
	}
}

type items []item

func (s items) Len() int { return len(s) }
func (s items) Less(i, j int) bool {
	if s[i].at.Equal(s[j].at) {
		return s[i].order < s[j].order
	}
	return s[i].at.Before(s[j].at)
}
func (s items) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *items) Push(x any)   { *s = append(*s, x.(item)) }
func (s *items) Pop() any {
	last := len(*s) - 1
	x := (*s)[last]
	(*s)[last] = item{} // let what it holds go
	*s = (*s)[:last]
	return x
}
