package delivery

import (
	"container/heap"
	"time"
)

// rests says which message is to be tried next, and when. Each is in it once at
// most, however often its rest is planned anew, and leaves with it: a rest may
// last for twelve hours.
type rests struct {
	plans plans
	count uint64
}

// rest is where a message stands in it.
type rest struct {
	at    time.Time
	order uint64 // of planning
	place int    // from 1; 0: nowhere
}

// plan puts a message in, or moves it to another time.
func (s *rests) plan(r *record, at time.Time) {
	s.count++
	r.rest.at, r.rest.order = at, s.count
	if r.rest.place > 0 {
		heap.Fix(&s.plans, r.rest.place-1)
		return
	}
	heap.Push(&s.plans, r)
}

func (s *rests) forget(r *record) {
	if r.rest.place > 0 {
		heap.Remove(&s.plans, r.rest.place-1)
	}
}

// next returns when the earliest rest ends.
func (s *rests) next() (time.Time, bool) {
	if len(s.plans) == 0 {
		return time.Time{}, false
	}
	return s.plans[0].rest.at, true
}

// due takes out the message whose rest has been over for longest, nil if there
// is none.
func (s *rests) due(now time.Time) *record {
	if at, ok := s.next(); !ok || at.After(now) {
		return nil
	}
	return heap.Pop(&s.plans).(*record)
}

// plans is a heap: of those for one moment, who has waited for longest goes
// first.
type plans []*record

func (s plans) Len() int { return len(s) }

func (s plans) Less(i, j int) bool {
	if s[i].rest.at.Equal(s[j].rest.at) {
		return s[i].rest.order < s[j].rest.order
	}
	return s[i].rest.at.Before(s[j].rest.at)
}

func (s plans) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].rest.place, s[j].rest.place = i+1, j+1
}

func (s *plans) Push(x any) {
	r := x.(*record)
	*s = append(*s, r)
	r.rest.place = len(*s)
}

func (s *plans) Pop() any {
	last := len(*s) - 1
	r := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	r.rest.place = 0
	return r
}
