package delivery

import (
	"errors"
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

// After so many attempts in a row without any answer, the circuit of a
// destination opens: one probe per interval until it is answered.
const (
	breakerFailures = 10
	breakerFirst    = time.Second
	breakerLongest  = 5 * time.Second
)

func breakerInterval(before time.Duration) time.Duration {
	return min(max(2*before, breakerFirst), breakerLongest)
}

// maxPerTurn bounds how many messages the scheduler moves in a turn, so that a hundred
// thousand for one destination do not delay another's.
const maxPerTurn = 256

// destination is a host and port, whatever the path, for the messages of one policy:
// what has a concurrency limit and a circuit breaker. An application that answers
// events of one kind late, or never, still gets those of another.
type destination struct {
	breaker
	key     destinationKey
	sender  Sender
	active  int
	late    int           // attempts that took too long and may still be answered
	queue   jobFIFO       // due, beyond the concurrency limit
	members int           // messages that have not ended and go there
	batches []*batchQueue // those whose messages wait for room here
	again   bool          // a timer is set for the queue
}

type destinationKey struct{ policy, address string }

func (e *Engine) destination(policy string, target *target) *destination {
	key := destinationKey{policy, target.address}
	d := e.destinations[key]
	if d == nil {
		d = &destination{key: key, sender: e.senders[target.url.Scheme]}
		e.destinations[key] = d
	}
	d.members++
	return d
}

// leaveDestination notes that a message for d has ended.
func (e *Engine) leaveDestination(d *destination) {
	d.members--
	if d.members == 0 {
		delete(e.destinations, d.key)
	}
}

// closeCircuit notes that a destination is alive, and starts what waited for that.
func (e *Engine) closeCircuit(d *destination) {
	if d.succeeded() {
		e.reopen(d.release())
	}
}

// start makes the next attempt of a message, or queues it.
func (e *Engine) start(j *job) {
	if e.isStopped() {
		j.state = backingOff
		return
	}
	now := time.Now()
	if e.readdress(j, now) {
		return
	}
	if why := j.exhausted(now); why != "" {
		e.finish(j, history.Expired, why)
		return
	}
	switch {
	case j.batch != nil:
		e.gather(j)
	case j.to.active >= e.cfg.PerDestination:
		e.enqueueAt(j)
	case e.refused(j, now):
	case e.limited(j, now):
	default:
		e.startAttempt(j.to, []*job{j})
	}
}

func (e *Engine) enqueueAt(j *job) {
	j.state, j.queuedAt = queued, time.Now()
	j.to.queue.push(j)
	e.inQueues++
}

// refused lets a message back off where an open circuit forbids the attempt, and
// reports whether it did.
func (e *Engine) refused(j *job, now time.Time) bool {
	switch {
	case j.breaker != nil && !j.breaker.ready(now):
		e.holdBack(j, now)
	case !j.to.ready(now):
		e.skip(j, now)
	default:
		return false
	}
	j.queuedAt = time.Time{} // what it was queued for is dead, not slow
	return true
}

// skip lets a message back off without an attempt while its destination's
// circuit is open.
func (e *Engine) skip(j *job, now time.Time) {
	o := j.outcome
	o.Attempt, o.Status, o.Err, o.RetryAfter, o.Latency = j.Attempts, 0, ErrUnavailable, 0, 0
	if j.Attempts > 0 && j.outcome.Err != nil {
		o.Err = errors.Join(ErrUnavailable, j.outcome.Err)
	}
	o.addTimes(j, now)
	delay, again := j.policy.Retry(&j.msg, o)
	if !again || j.final {
		j.outcome = o
		e.finish(j, history.Failed, "the destination does not answer")
		return
	}
	j.to.wait(j)
	e.retryAt(j, later(now.Add(delay), j.to.nextTry(now)))
	e.dropBody(j, j.Due.Sub(now))
	e.advance(j.lane)
}

// startQueued starts what is queued at a destination, maxPerTurn at most, when
// an attempt has ended.
func (e *Engine) startQueued(d *destination) {
	for range maxPerTurn {
		if d.queue.empty() || d.active >= e.cfg.PerDestination {
			break
		}
		j := d.queue.pop()
		if j.state == queued {
			e.startFromQueue(j)
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

// startFromQueue starts a message that was taken from a queue.
func (e *Engine) startFromQueue(j *job) {
	e.inQueues--
	j.state = waiting
	e.start(j)
}

// reopen starts what waited for a circuit to close, in the order of posting.
func (e *Engine) reopen(due []*job) {
	slices.SortFunc(due, bySeq)
	for len(due) > 0 {
		some := due[:min(maxPerTurn, len(due))]
		due = due[len(some):]
		e.timers.at(time.Now(), func() {
			for _, j := range some {
				if j.state == backingOff {
					e.cancelRetry(j)
					j.Due = time.Time{}
					e.start(j)
				}
			}
		})
	}
}
