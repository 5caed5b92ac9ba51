package export

import (
	"container/heap"
	"time"
)

// turn is a job in the queue.
type turn struct {
	id       string
	due      time.Time
	failures int
}

// queue is a heap of turns: the one that is due first is first.
type queue []turn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(turn)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// enqueue lets a job have its turn when it is due. since is when it was submitted.
func (e *Exporter) enqueue(id string, since, due time.Time, failures int) {
	e.mu.Lock()
	e.oldest[id] = since
	heap.Push(&e.waiting, turn{id, due, failures})
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default: // a token is there already
	}
}

// next returns the turn that is due, or how long until one is; 0: nothing waits.
func (e *Exporter) next(now time.Time) (t turn, ok bool, wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.waiting) == 0 {
		return t, false, 0
	}
	if wait := e.waiting[0].due.Sub(now); wait > 0 {
		return t, false, wait
	}
	return heap.Pop(&e.waiting).(turn), true, 0
}

// again queues a job that has failed once more.
func (e *Exporter) again(t turn, delay time.Duration) {
	e.mu.Lock()
	since := e.oldest[t.id]
	e.counts.Retries++
	e.mu.Unlock()
	e.enqueue(t.id, since, time.Now().Add(delay), t.failures+1)
}

// forget counts a job no longer: it is done.
func (e *Exporter) forget(id string) {
	e.mu.Lock()
	delete(e.oldest, id)
	e.mu.Unlock()
}
