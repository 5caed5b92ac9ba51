package delivery

import (
	"container/heap"
	"time"
)

// rests says which message is to be tried next, and when. Each is in it once at
// most, however often its rest is planned anew, and leaves with it: a rest may
// last for twelve hours.
type retryQueue struct {
	plans plans
	count uint64
}

// rest is where a message stands in it.
type retrySlot struct {
	at    time.Time
	order uint64 // of planning
	place int    // from 1; 0: nowhere
}

// plan puts a message in, or moves it to another time.
func (s *retryQueue) plan(r *job, at time.Time) {
	s.count++
	r.retry.at, r.retry.order = at, s.count
	if r.retry.place > 0 {
		heap.Fix(&s.plans, r.retry.place-1)
		return
	}
	heap.Push(&s.plans, r)
}

func (s *retryQueue) forget(r *job) {
	if r.retry.place > 0 {
		heap.Remove(&s.plans, r.retry.place-1)
	}
}

// next returns when the earliest rest ends.
func (s *retryQueue) next() (time.Time, bool) {
	if len(s.plans) == 0 {
		return time.Time{}, false
	}
	return s.plans[0].retry.at, true
}

// due takes out the message whose rest has been over for longest, nil if there
// is none.
func (s *retryQueue) due(now time.Time) *job {
	if at, ok := s.next(); !ok || at.After(now) {
		return nil
	}
	return heap.Pop(&s.plans).(*job)
}

// plans is a heap: of those for one moment, who has waited for longest goes
// first.
type plans []*job

func (s plans) Len() int { return len(s) }

func (s plans) Less(i, j int) bool {
	if s[i].retry.at.Equal(s[j].retry.at) {
		return s[i].retry.order < s[j].retry.order
	}
	return s[i].retry.at.Before(s[j].retry.at)
}

func (s plans) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].retry.place, s[j].retry.place = i+1, j+1
}

func (s *plans) Push(x any) {
	r := x.(*job)
	*s = append(*s, r)
	r.retry.place = len(*s)
}

func (s *plans) Pop() any {
	last := len(*s) - 1
	r := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	r.retry.place = 0
	return r
}
