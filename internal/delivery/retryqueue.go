package delivery

import (
	"container/heap"
	"time"
)

// retryQueue is the messages that back off, by the time of their next attempt.
// Each is in it once at most, however often its time changes, and is taken out
// when it ends: a delay may be twelve hours.
type retryQueue struct {
	plans plans
	count uint64
}

// retrySlot is a message's place in the retry queue.
type retrySlot struct {
	at    time.Time
	order uint64 // of planning
	place int    // from 1; 0: nowhere
}

// plan puts a message in, or moves it to another time.
func (s *retryQueue) plan(j *job, at time.Time) {
	s.count++
	j.retry.at, j.retry.order = at, s.count
	if j.retry.place > 0 {
		heap.Fix(&s.plans, j.retry.place-1)
		return
	}
	heap.Push(&s.plans, j)
}

func (s *retryQueue) forget(j *job) {
	if j.retry.place > 0 {
		heap.Remove(&s.plans, j.retry.place-1)
	}
}

// next returns when the earliest message is due.
func (s *retryQueue) next() (time.Time, bool) {
	if len(s.plans) == 0 {
		return time.Time{}, false
	}
	return s.plans[0].retry.at, true
}

// due takes out the message that has been due for longest, nil if there is none.
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
	j := x.(*job)
	*s = append(*s, j)
	j.retry.place = len(*s)
}

func (s *plans) Pop() any {
	last := len(*s) - 1
	j := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	j.retry.place = 0
	return j
}

// retryAt puts a message into the retry queue.
func (e *Engine) retryAt(j *job, at time.Time) {
	j.state, j.Due = backingOff, at
	e.retries.plan(j, at)
}

// startRetries starts the messages whose time has come, maxPerTurn at most.
func (e *Engine) startRetries(now time.Time) {
	for range maxPerTurn {
		j := e.retries.due(now)
		if j == nil {
			return
		}
		e.cancelRetry(j)
		e.start(j)
	}
}

// cancelRetry takes a message out of the retry queue, and out of the breakers
// that it waits for.
func (e *Engine) cancelRetry(j *job) {
	e.retries.forget(j)
	delete(j.to.waiting, j)
	if j.breaker != nil {
		delete(j.breaker.waiting, j)
	}
}
