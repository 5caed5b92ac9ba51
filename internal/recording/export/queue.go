package export

import (
	"container/heap"
	"time"
)

// turn is a job in the queue.
type turn struct {
	id       string
	to       string // Job.to
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
func (e *Exporter) enqueue(t turn, since time.Time) {
	e.mu.Lock()
	e.oldest[t.id] = since
	heap.Push(&e.waiting, t)
	e.mu.Unlock()
	e.look()
}

// look lets run look at the queue again.
func (e *Exporter) look() {
	select {
	case e.wake <- struct{}{}:
	default: // a token is there already
	}
}

// next returns a turn that is due and whose destination has room for it, or how long until
// one is due; 0: nothing waits but for room.
func (e *Exporter) next(now time.Time) (t turn, ok bool, wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var full []turn
	defer func() {
		for _, t := range full {
			heap.Push(&e.waiting, t)
		}
	}()
	for len(e.waiting) > 0 {
		if wait := e.waiting[0].due.Sub(now); wait > 0 {
			return t, false, wait
		}
		t = heap.Pop(&e.waiting).(turn)
		if e.busy[t.to] < uploadsEach {
			e.busy[t.to]++
			return t, true, 0
		}
		full = append(full, t)
	}
	return t, false, 0
}

// leave gives back the room that a turn had at its destination.
func (e *Exporter) leave(t turn) {
	e.mu.Lock()
	if e.busy[t.to]--; e.busy[t.to] == 0 {
		delete(e.busy, t.to)
	}
	e.mu.Unlock()
	e.look()
}

// again queues a job that has failed once more.
func (e *Exporter) again(t turn, delay time.Duration) {
	e.mu.Lock()
	since := e.oldest[t.id]
	e.counts.Retries++
	e.mu.Unlock()
	t.due, t.failures = time.Now().Add(delay), t.failures+1
	e.enqueue(t, since)
}

// forget counts a job no longer: it is done.
func (e *Exporter) forget(id string) {
	e.mu.Lock()
	delete(e.oldest, id)
	e.mu.Unlock()
}
