package cdr

import (
	"sync"

	"github.com/switchhook/switchhook/internal/call"
)

// queue is the records that wait to be written. It is looked at every flushInterval: a
// channel would wake its reader for each of them. The zero queue is empty.
type queue struct {
	mu      sync.Mutex // held around memory alone
	waiting []call.Detail
	spare   []call.Detail // the list that was read last, empty
}

// keptRoom is how many records a list that waits for others may have room for.
const keptRoom = 1024

// put returns false where queueSize records wait already.
func (q *queue) put(d call.Detail) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= queueSize {
		return false
	}
	q.waiting = append(q.waiting, d)
	return true
}

// take returns what waits, the first first. giveBack follows.
func (q *queue) take() []call.Detail {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.waiting
	q.waiting, q.spare = q.spare, nil
	return list
}

// giveBack returns a list that nobody reads any more.
func (q *queue) giveBack(list []call.Detail) {
	if cap(list) > keptRoom {
		return
	}
	clear(list) // what they refer to is not kept
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spare = list[:0]
}
