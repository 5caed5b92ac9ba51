package journal

import (
	"context"
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
	in, out uint64       // entries that came; that are in the journal
	wake    inbox.Signal // set while the writer has something to look at
	waiters map[*waiter]bool
	failure error // of the last write, while it is repeated
	closed  bool
}

type waiter struct {
	mark uint64
	done chan error // has room for the answer
}

func newQueue() *queue {
	return &queue{wake: inbox.NewSignal(), waiters: map[*waiter]bool{}}
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
		size += len(e.content)
		if i == maxPageRecords || i > 0 && size > maxPageBytes {
			return i
		}
	}
	return len(q.entries)
}

// wrote notes that n more entries are in the journal.
func (q *queue) wrote(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.out += uint64(n)
	q.failure = nil
	for w := range q.waiters {
		if w.mark <= q.out {
			w.done <- nil
			delete(q.waiters, w)
		}
	}
}

// failed tells everybody who waits that the store refuses.
func (q *queue) failed(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failure = err
	for w := range q.waiters {
		w.done <- err
		delete(q.waiters, w)
	}
}

// failing is why the last write failed, while it is repeated.
func (q *queue) failing() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.failure
}

// flush waits until what is queued now is in the journal, or cannot be.
func (q *queue) flush(ctx context.Context) error {
	q.mu.Lock()
	w := &waiter{mark: q.in, done: make(chan error, 1)}
	switch {
	case q.out >= w.mark:
		w.done <- nil
	case q.failure != nil:
		w.done <- q.failure
	default:
		q.waiters[w] = true
	}
	q.mu.Unlock()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		q.mu.Lock()
		delete(q.waiters, w)
		q.mu.Unlock()
		return context.Cause(ctx)
	}
}

// close lets the writer end when it has written everything.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.Set()
}

// unwritten returns how many entries are not in the journal.
func (q *queue) unwritten() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.in - q.out
}
