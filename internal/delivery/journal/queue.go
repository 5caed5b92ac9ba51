package journal

import (
	"slices"
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

	writing  bool    // somebody does: the writer, or one who flushes
	returned []Entry // a batch to be written before the entries; nil: there is none

	in, written, synced uint64 // entries that came; that survive the process; the power too
	writeFailure        error  // of the last write, while it is repeated
	syncs               syncs
}

func newQueue() *queue {
	return &queue{wake: inbox.NewSignal(), syncs: syncs{waiters: map[*waiter]bool{}}}
}

// put queues entries together; it reports whether the queue is open. Holds alone do not
// wake the writer: who answers with success because of them flushes soon, and writes them.
func (q *queue) put(entries ...Entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.entries = append(q.entries, entries...)
	q.in += uint64(len(entries))
	if slices.ContainsFunc(entries, Entry.isUrgent) {
		q.wake.Set()
	} else if q.syncs.oldest.IsZero() {
		q.arm(syncDelay)
	}
	return true
}

// isUrgent reports whether the writer is to write an entry at once.
func (e Entry) isUrgent() bool { return e.record == nil || e.again != nil || e.record.kind != KindHold }

// take waits for entries, of which it returns a batch; none once the queue is closed
// and empty.
func (q *queue) take() []Entry {
	for {
		q.mu.Lock()
		batch := q.next()
		ended := q.closed && !q.writing
		q.mu.Unlock()
		if batch != nil || ended {
			return batch
		}
		<-q.wake
	}
}

// next returns as many entries as fit on a page, unless somebody writes. The caller
// writes then, until it calls wrote or giveBack.
func (q *queue) next() (batch []Entry) {
	if q.writing {
		return nil
	}
	if batch, q.returned = q.returned, nil; batch == nil {
		n := q.fitting()
		if n == 0 {
			return nil
		}
		batch = q.entries[:n:n]
		if n == len(q.entries) {
			batch = q.entries
			q.entries, q.spare = q.spare, nil // the memory of a burst goes
		} else {
			q.entries = q.entries[n:]
		}
	}
	q.writing = true
	return batch
}

// giveBack leaves a batch that could not be written to the writer, as it is: the store
// may know its id.
func (q *queue) giveBack(batch []Entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.writing, q.returned = false, batch
	q.wake.Set()
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
		size += len(e.content)
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
