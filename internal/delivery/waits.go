package delivery

import (
	"sync/atomic"
	"time"
)

// longestWait bounds what one message adds to the mean, so that an application
// with few of the calls cannot speak for all however slow it is.
const longestWait = time.Second

// waits is how long messages were queued for applications that do answer, but
// slower than events come.
type waits struct {
	sum   atomic.Int64 // ns
	count atomic.Int64
}

// note counts a first attempt. For a message that waited for a dead destination
// no time is added: it left the queue when it was its turn.
func (w *waits) note(j *job, now time.Time) {
	w.count.Add(1)
	if !j.queuedAt.IsZero() {
		w.sum.Add(int64(min(now.Sub(j.queuedAt), longestWait)))
	}
}

// Waits is the mean time that first attempts since the last question stood in
// line because their destination had all the requests that it may have at a
// time; each counts one second at most. One observer may ask.
func (e *Engine) Waits() time.Duration {
	sum, count := e.waits.sum.Swap(0), e.waits.count.Swap(0)
	if count <= 0 {
		return 0
	}
	return time.Duration(sum / count)
}
