package journal

import "time"

// syncs is what the queue knows of the syncs of the store. There is one at a time, by
// one of those who wait for it, or by the timer:
//
//	written → (somebody waits, or syncDelay is over) → running → synced
//	             ↑                                        ↓
//	             └────────── the delay of a retry ←───── failed
type syncs struct {
	waiters  map[*waiter]bool
	running  bool
	oldest   time.Time   // when the first entry was written that no sync has begun for; zero: there is none
	late     func()      // called when it is time for a sync that nobody waits for
	timer    *time.Timer // of that; nil: there was none yet
	failure  error       // of the last sync, while it is repeated
	failures int         // in a row
	ended    bool
}

// waiter waits for the entries up to a mark to be on the disk.
type waiter struct {
	mark uint64
	told chan verdict // has room for it
}

// verdict ends a wait.
type verdict struct {
	sync bool // the waiter is to sync what is written
	err  error
}

// wait begins to wait for what is queued now.
func (q *queue) wait() *waiter {
	w := &waiter{told: make(chan verdict, 1)}
	q.mu.Lock()
	defer q.mu.Unlock()
	w.mark = q.in
	switch {
	case q.synced >= w.mark:
		w.told <- verdict{}
	case q.syncs.failure != nil:
		w.told <- verdict{err: q.syncs.failure}
	case q.writeFailure != nil && w.mark > q.written:
		w.told <- verdict{err: q.writeFailure}
	default:
		q.syncs.waiters[w] = true
		q.choose()
	}
	return w
}

// leave ends a wait; it reports false if the waiter has been told already.
func (q *queue) leave(w *waiter) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	waits := q.syncs.waiters[w]
	delete(q.syncs.waiters, w)
	return waits
}

// choose has one of those sync who wait for what is written, unless a sync runs.
func (q *queue) choose() {
	if q.syncs.running {
		return
	}
	for w := range q.syncs.waiters {
		if w.mark <= q.written {
			q.syncs.running = true
			delete(q.syncs.waiters, w)
			w.told <- verdict{sync: true}
			return
		}
	}
}

// tell ends the waits for marks in a range, its end included.
func (q *queue) tell(behind, upTo uint64, err error) {
	for w := range q.syncs.waiters {
		if w.mark > behind && w.mark <= upTo {
			w.told <- verdict{err: err}
			delete(q.syncs.waiters, w)
		}
	}
}

// wrote notes that n more entries are written. A store that writes has no failed sync
// behind it.
func (q *queue) wrote(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.written += uint64(n)
	q.writeFailure, q.syncs.failure, q.syncs.failures = nil, nil, 0
	q.choose()
	if q.syncs.oldest.IsZero() {
		q.syncs.oldest = time.Now()
		q.arm(syncDelay)
	}
}

// notWritten tells those who wait for what the store refuses.
func (q *queue) notWritten(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.writeFailure = err
	q.tell(q.written, q.in, err)
}

// beginSync returns how many entries the sync that begins is for.
func (q *queue) beginSync() (upTo uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.syncs.oldest = time.Time{}
	if q.syncs.timer != nil {
		q.syncs.timer.Stop()
	}
	return q.written
}

// endSync notes that the first entries are synced.
func (q *queue) endSync(upTo uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.syncs.running, q.syncs.failure, q.syncs.failures = false, nil, 0
	q.synced = max(q.synced, upTo)
	q.tell(0, q.synced, nil)
	q.choose()
	if !q.syncs.oldest.IsZero() {
		q.arm(time.Until(q.syncs.oldest.Add(syncDelay)))
	}
}

// notSynced tells those who wait that the disk refuses, and returns how long it takes
// until the sync is repeated.
func (q *queue) notSynced(err error) (wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.syncs.running, q.syncs.failure = false, err
	q.syncs.failures++
	q.tell(0, q.in, err)
	wait = retry.Delay(q.syncs.failures)
	q.arm(wait)
	return wait
}

// arm has the late sync begin after a time, unless one runs or the writer has ended.
func (q *queue) arm(after time.Duration) {
	s := &q.syncs
	switch {
	case s.running || s.ended:
	case s.timer == nil:
		s.timer = time.AfterFunc(after, s.late)
	default:
		s.timer.Reset(after)
	}
}

// isLate reports whether there is something to sync, and nobody does it: the caller is
// to, then.
func (q *queue) isLate() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.syncs.running || q.syncs.ended || q.synced == q.written {
		return false
	}
	q.syncs.running = true
	return true
}

// failing is why the last write or sync failed, while it is repeated.
func (q *queue) failing() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.syncs.failure != nil {
		return q.syncs.failure
	}
	return q.writeFailure
}

// end lets no further sync begin that nobody waits for.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.syncs.ended = true
	if q.syncs.timer != nil {
		q.syncs.timer.Stop()
	}
}
