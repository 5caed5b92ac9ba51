package delivery

import (
	"sync"
	"time"
)

// longestWait bounds what one message adds to the mean, so that an application
// with few of the calls cannot speak for all however slow it is.
const longestWait = time.Second

// waits is how long messages were queued for applications that do answer, but
// slower than events come, by policy.
type waits struct {
	mu sync.Mutex
	of map[string]wait
}

type wait struct {
	sum   time.Duration
	count int
}

// note counts a first attempt. For a message that waited for a dead destination
// no time is added: it left the queue when it was its turn.
func (w *waits) note(j *job, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = map[string]wait{}
	}
	so := w.of[j.msg.Policy]
	so.count++
	if !j.queuedAt.IsZero() {
		so.sum += min(now.Sub(j.queuedAt), longestWait)
	}
	w.of[j.msg.Policy] = so
}

// Waits is the mean time that first attempts since the last question stood in
// line because their destination had all the requests that it may have at a
// time; each counts one second at most. Of several policies it is that of the one
// whose messages waited longest: calls that are announced at once do not make up for
// callbacks that are late. One observer may ask.
func (e *Engine) Waits() (longest time.Duration) {
	e.waits.mu.Lock()
	defer e.waits.mu.Unlock()
	for _, so := range e.waits.of {
		longest = max(longest, so.sum/time.Duration(so.count))
	}
	clear(e.waits.of)
	return longest
}
