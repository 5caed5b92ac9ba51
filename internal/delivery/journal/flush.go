package journal

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// syncDelay is how long what is written waits at most until a sync begins for which
// nobody has asked: a power cut takes no more than that from those who did not wait.
const syncDelay = 10 * time.Millisecond

// Flush returns when everything queued so far is on disk, and thereby accepted;
// or why it cannot be. One of those who wait syncs for all; ctx does not cut the sync off.
func (j *Journal) Flush(ctx context.Context) error {
	w := j.queue.wait()
	var v verdict
	select {
	case v = <-w.told:
	case <-ctx.Done():
		if j.queue.leave(w) {
			return context.Cause(ctx)
		}
		v = <-w.told
	}
	if v.sync {
		return j.sync()
	}
	return v.err
}

// sync brings to the disk what is written, for whomever the queue has chosen to do it.
//
// Those that are ready to run go first. While a thread waits for the disk, the goroutine
// that it has made ready last waits too, until another thread takes it away, which the
// runtime does late on purpose: the answer to a caller is such a goroutine. What is
// written meanwhile shares the sync.
func (j *Journal) sync() error {
	runtime.Gosched()
	upTo, began := j.queue.beginSync(), time.Now()
	err := j.store.Sync()
	if err == nil {
		j.metrics.syncs.Observe(time.Since(began).Seconds())
		j.queue.endSync(upTo)
		j.logRecovery()
		return nil
	}
	err = fmt.Errorf("sync the journal of deliveries: %w", err)
	wait := j.queue.notSynced(err)
	j.logFailure("the journal of deliveries cannot be brought to the disk; events wait until it can", "error", err, "next_try_in", wait)
	return err
}

// syncLate syncs what nobody has waited for.
func (j *Journal) syncLate() {
	if j.queue.isLate() {
		_ = j.sync() // which tells those who came meanwhile, and the log
	}
}
