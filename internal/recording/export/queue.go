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

// destination is where jobs go: those that wait for room there, and how many are on their way.
type destination struct {
	waiting queue
	busy    int
	failing bool // the attempt that ended last has failed
}

// room is how many jobs may be on their way to a destination: one to a destination that
// fails, or some that hang would take the places of all others.
func (d *destination) room() int {
	if d.failing {
		return 1
	}
	return uploadsEach
}

// enqueue lets a job have its turn when it is due. since is when it was submitted.
func (e *Exporter) enqueue(t turn, since time.Time) {
	e.mu.Lock()
	e.oldest[t.id] = since
	to := e.destinations[t.to]
	if to == nil {
		to = &destination{}
		e.destinations[t.to] = to
	}
	heap.Push(&to.waiting, t)
	e.mu.Unlock()
	e.look()
}

// look lets run look at the queues again.
func (e *Exporter) look() {
	select {
	case e.wake <- struct{}{}:
	default: // a token is there already
	}
}

// next returns the turn that is due first of those whose destination has room, or how long
// until one is due; 0: nothing waits but for room.
func (e *Exporter) next(now time.Time) (t turn, ok bool, wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var first *destination
	for _, to := range e.destinations {
		if len(to.waiting) > 0 && to.busy < to.room() && (first == nil || to.waiting[0].due.Before(first.waiting[0].due)) {
			first = to
		}
	}
	if first == nil {
		return t, false, 0
	}
	if wait := first.waiting[0].due.Sub(now); wait > 0 {
		return t, false, wait
	}
	first.busy++
	return heap.Pop(&first.waiting).(turn), true, 0
}

// leave gives back the room that a turn had at its destination.
func (e *Exporter) leave(t turn, failed bool) {
	e.mu.Lock()
	to := e.destinations[t.to]
	to.failing = failed
	if to.busy--; to.busy == 0 && len(to.waiting) == 0 {
		delete(e.destinations, t.to)
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
