package journal

import (
	"sync"

	"github.com/switchhook/switchhook/internal/inbox"
)

// Bounds of one page.
const (
	maxPageRecords = 256
	maxPageBytes   = 1 << 20 // a longer record goes alone
)

// queue holds entries in the order in which they came, for the writer. It is a
// leaf: its lock is held around memory only.
type queue struct {
	mu      sync.Mutex
	entries []Entry
	spare   []Entry      // memory of a batch that is over; nil: there is none
	wake    inbox.Signal // set while the writer has something to look at
	closed  bool

	in, written, synced uint64 // entries that came; that survive the process; the power too
	writeFailure        error  // of the last write, while it is repeated
	syncs               syncs
}

func newQueue() *queue {
	return &queue{wake: inbox.NewSignal(), syncs: syncs{waiters: map[*waiter]bool{}}}
}

// put queues entries together; it reports whether the queue is open.
func (q *queue) put(entries ...Entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.entries = append(q.entries, entries...)
	q.in += uint64(len(entries))
	q.wake.Set()
	return true
}

// take waits for entries and returns as many as fit on a page; none once the
// queue is closed and empty.
func (q *queue) take() []Entry {
	for {
		q.mu.Lock()
		if n := q.fitting(); n > 0 {
			batch := q.entries[:n]
			if n == len(q.entries) {
				q.entries, q.spare = q.spare, nil // the memory of a burst goes
			} else {
				batch, q.entries = batch[:n:n], q.entries[n:]
				q.wake.Set()
			}
			q.mu.Unlock()
			return batch
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return nil
		}
		<-q.wake
	}
}

// mostSpare is the room, in entries, of a batch whose memory is used again.
const mostSpare = 16

// reuse takes the memory of a batch that is over.
func (q *queue) reuse(batch []Entry) {
	if cap(batch) > mostSpare {
		return
	}
	clear(batch)
	q.mu.Lock()
	q.spare = batch[:0]
	q.mu.Unlock()
}

func (q *queue) fitting() int {
	size := 0
	for i, e := range q.entries {
		size += e.size
		if i == maxPageRecords || i > 0 && size > maxPageBytes {
			return i
		}
	}
	return len(q.entries)
}

// close lets the writer end when it has written everything.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.Set()
}

// unwritten returns how many entries are not written.
func (q *queue) unwritten() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.in - q.written
}
