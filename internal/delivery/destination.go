package delivery

import (
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// Errors of attempts that reach no endpoint.
var (
	// ErrUnavailable is the outcome of an attempt that was not made, because
	// the destination has not answered lately.
	ErrUnavailable = errors.New("the destination has not answered lately")
	// ErrAddressRefused is the outcome of an attempt whose address
	// Config.CheckAddress refuses.
	ErrAddressRefused = errors.New("the endpoint's address is not allowed")
	// ErrNotAnswered is the outcome of an attempt that took too long.
	ErrNotAnswered = errors.New("no answer")
)

// A destination is left alone after so many attempts in a row without any
// answer, but for one probe after each interval.
const (
	breakerFailures = 10
	breakerFirst    = time.Second
	breakerLongest  = 5 * time.Second
)

func breakerInterval(before time.Duration) time.Duration {
	return min(max(2*before, breakerFirst), breakerLongest)
}

// turn bounds how many messages the scheduler moves before it hears news again,
// so that a hundred thousand for one destination do not delay another's.
const maxPerTurn = 256

// destination is a host and port, whatever the path.
type destination struct {
	breaker
	key     string
	sender  Sender
	active  int
	late    int           // attempts that took too long and may still be answered
	queue   jobFIFO       // due, beyond the concurrency limit
	members int           // messages that are not over and go there
	batches []*batchQueue // those with messages that wait for room here
	again   bool          // a look at the queue is on the agenda
}

func (e *Engine) destination(target *url.URL) *destination {
	key := target.Scheme + "://" + target.Host
	d := e.destinations[key]
	if d == nil {
		d = &destination{key: key, sender: e.senders[target.Scheme]}
		e.destinations[key] = d
	}
	d.members++
	return d
}

// departed notes that a message for d is over.
func (e *Engine) leaveDestination(d *destination) {
	d.members--
	if d.members == 0 {
		delete(e.destinations, d.key)
	}
}

// start makes the next attempt of a message, or has it wait for its turn.
func (e *Engine) start(r *job) {
	if e.isStopped() {
		r.state = backingOff
		return
	}
	now := time.Now()
	if why := r.exhausted(now); why != "" {
		e.finish(r, history.Expired, why)
		return
	}
	switch {
	case r.batch != nil:
		e.gather(r)
	case r.to.active >= e.cfg.PerDestination:
		e.enqueueAt(r)
	case e.refused(r, now):
	case e.limited(r, now):
	default:
		e.startAttempt(r.to, []*job{r})
	}
}

func (e *Engine) enqueueAt(r *job) {
	r.state, r.queuedAt = queued, time.Now()
	r.to.queue.push(r)
	e.inQueues++
}

// refused lets a message rest whose destination or subscription is to be left
// alone, and reports whether it did.
func (e *Engine) refused(r *job, now time.Time) bool {
	switch {
	case r.breaker != nil && !r.breaker.ready(now):
		e.holdBack(r, now)
	case !r.to.ready(now):
		e.skip(r, now)
	default:
		return false
	}
	r.queuedAt = time.Time{} // what it stood in line for is dead, not slow
	return true
}

// Reasons why a message gets no further attempt, as Event Grid names them.
const (
	ReasonAttempts = "MaxDeliveryAttemptsExceeded"
	ReasonTime     = "TimeToLiveExceeded"
)

// exhausted says why a message gets no further attempt, "" if it does.
func (r *job) exhausted(now time.Time) string {
	attempts, ttl := r.msg.MaxAttempts, r.msg.TTL
	if attempts == 0 {
		attempts = r.policy.MaxAttempts
	}
	if ttl == 0 {
		ttl = r.policy.TTL
	}
	switch {
	case attempts > 0 && r.Attempts >= attempts:
		return ReasonAttempts
	case ttl > 0 && now.Sub(r.Posted) >= ttl:
		return ReasonTime
	}
	return ""
}

// skip lets a message rest without an attempt while its destination is dead.
func (e *Engine) skip(r *job, now time.Time) {
	o := r.outcome
	o.Attempt, o.Status, o.Err, o.RetryAfter, o.Latency = r.Attempts, 0, ErrUnavailable, 0, 0
	if r.Attempts > 0 && r.outcome.Err != nil {
		o.Err = errors.Join(ErrUnavailable, r.outcome.Err)
	}
	o.addTimes(r, now)
	delay, again := r.policy.Retry(&r.msg, o)
	if !again || r.final {
		r.outcome = o
		e.finish(r, history.Failed, "the destination does not answer")
		return
	}
	r.to.wait(r)
	e.retryAt(r, later(now.Add(delay), r.to.nextTry(now)))
	e.advance(r.lane)
}

// next starts what waits at a destination, a turn of it at most, when an
// attempt has ended.
func (e *Engine) startQueued(d *destination) {
	for range maxPerTurn {
		if d.queue.empty() || d.active >= e.cfg.PerDestination {
			break
		}
		r := d.queue.pop()
		if r.state == queued {
			e.startFromQueue(r)
		}
	}
	if d.active < e.cfg.PerDestination {
		waiting := d.batches
		d.batches = nil
		for _, b := range waiting {
			b.listed = false
			e.sendBatch(b)
		}
	}
	if !d.queue.empty() && d.active < e.cfg.PerDestination && !d.again && !e.isStopped() {
		d.again = true
		e.timers.at(time.Now(), func() { d.again = false; e.startQueued(d) })
	}
}

// itsTurn starts a message that a queue has let go.
func (e *Engine) startFromQueue(r *job) {
	e.inQueues--
	r.state = waiting
	e.start(r)
}

// reopen starts what rested because a breaker was open, in the order of posting.
func (e *Engine) reopen(due []*job) {
	slices.SortFunc(due, bySeq)
	for len(due) > 0 {
		some := due[:min(maxPerTurn, len(due))]
		due = due[len(some):]
		e.timers.at(time.Now(), func() {
			for _, r := range some {
				if r.state == backingOff {
					e.cancelRetry(r)
					r.Due = time.Time{}
					e.start(r)
				}
			}
		})
	}
}
