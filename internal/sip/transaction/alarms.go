package transaction

import (
	"container/heap"
	"time"
)

// instant is a time, as how long the layer exists: clocks that are set do not move it.
// Zero is never.
type instant = time.Duration

// alarm is an entry of alarms: the next time at which something is to be done for a
// transaction.
type alarm struct {
	at    instant
	place int // in the heap, from 1; 0 where it is not in
	owner ringer
}

// ringer is whose time has come. Its ring is called with the layer's lock held, and
// returns what is to be done without it; nil is nothing.
type ringer interface{ ring(now instant) func() }

// alarms are a priority queue by time. One time.Timer serves all: it is set to the first of
// them, and not set back where that one is gone. Times are rounded up to whole grains, so
// that many come with one wake-up of a thread.
type alarms struct {
	grain time.Duration
	list  []*alarm
	timer *time.Timer
	next  instant // when the timer fires
}

// set makes an alarm ring at a time, which replaces the one it had.
func (q *alarms) set(a *alarm, at, now instant) {
	if at == 0 {
		if a.place > 0 {
			heap.Remove(q, a.place-1)
		}
		return
	}
	a.at = (at + q.grain - 1) / q.grain * q.grain
	if a.place > 0 {
		heap.Fix(q, a.place-1)
	} else {
		heap.Push(q, a)
	}
	q.arm(now)
}

// arm sets the timer to the first alarm, where it does not fire before.
func (q *alarms) arm(now instant) {
	if len(q.list) > 0 && (q.next == 0 || q.list[0].at < q.next) {
		q.next = q.list[0].at
		q.timer.Reset(q.next - now)
	}
}

// due takes out the first alarm if its time has come.
func (q *alarms) due(now instant) (ringer, bool) {
	if len(q.list) == 0 || q.list[0].at > now {
		return nil, false
	}
	return heap.Pop(q).(*alarm).owner, true
}

// Len is of heap.Interface.
func (q *alarms) Len() int { return len(q.list) }

// Less is of heap.Interface.
func (q *alarms) Less(i, j int) bool { return q.list[i].at < q.list[j].at }

// Swap is of heap.Interface.
func (q *alarms) Swap(i, j int) {
	q.list[i], q.list[j] = q.list[j], q.list[i]
	q.list[i].place, q.list[j].place = i+1, j+1
}

// Push is of heap.Interface.
func (q *alarms) Push(a any) {
	q.list = append(q.list, a.(*alarm))
	a.(*alarm).place = len(q.list)
}

// Pop is of heap.Interface.
func (q *alarms) Pop() any {
	last := q.list[len(q.list)-1]
	q.list[len(q.list)-1] = nil
	q.list = q.list[:len(q.list)-1]
	last.place = 0
	return last
}
