package delivery

import (
	"errors"
	"net/url"
	"slices"
	"time"
)

// Errors of attempts that reach no endpoint.
var (
	// ErrUnavailable is the outcome of an attempt that was not made, because
	// the destination has not answered lately.
	ErrUnavailable = errors.New("the destination has not answered lately")
	// ErrAddressRefused is the outcome of an attempt whose address
	// Config.CheckAddress refuses.
	ErrAddressRefused = errors.New("the endpoint's address is not allowed")
)

// The breaker: after so many attempts in a row without any answer, the
// destination is left alone, but for one probe after each interval.
const (
	breakerFailures = 10
	breakerFirst    = time.Second
	breakerLongest  = 5 * time.Second
)

// destination is a host and port, whatever the path.
type destination struct {
	key     string
	active  int
	queue   []*record // due, beyond the concurrency limit
	members int       // messages that are not over and go there

	failures int // in a row, without an answer
	until    time.Time
	interval time.Duration // of the open breaker; 0: closed
	probing  bool
	skipped  map[*record]struct{} // rest because the breaker is open
}

func (e *Engine) destination(target *url.URL) *destination {
	key := target.Scheme + "://" + target.Host
	d := e.destinations[key]
	if d == nil {
		d = &destination{key: key, skipped: map[*record]struct{}{}}
		e.destinations[key] = d
	}
	d.members++
	return d
}

// departed notes that a message for d is over.
func (e *Engine) departed(d *destination) {
	d.members--
	if d.members == 0 {
		delete(e.destinations, d.key)
	}
}

// admits says whether an attempt may be made now; it may be the probe.
func (d *destination) admits(now time.Time) bool {
	if d.interval == 0 {
		return true
	}
	if d.probing || now.Before(d.until) {
		return false
	}
	d.probing = true
	return true
}

// answered notes an attempt's end, and reports whether the breaker opened or
// closed by it.
func (d *destination) answered(reached bool, now time.Time) (opened, closed bool) {
	if reached {
		closed = d.interval > 0
		d.failures, d.interval, d.probing = 0, 0, false
		return false, closed
	}
	d.failures++
	if d.interval > 0 && !d.probing || d.failures < breakerFailures {
		return false, false // already open: a late failure says nothing new
	}
	d.probing = false
	d.interval = min(max(2*d.interval, breakerFirst), breakerLongest)
	d.until = now.Add(d.interval)
	return true, false
}

// start makes the next attempt of a message, or has it wait for its turn.
func (e *Engine) start(r *record) {
	now := time.Now()
	d := r.to
	if e.isStopped() {
		r.state = resting
		return
	}
	if why := r.exhausted(now); why != "" {
		e.finish(r, Expired, why)
		return
	}
	switch {
	case d.active >= e.cfg.PerDestination:
		r.state = queued
		d.queue = append(d.queue, r)
		e.inQueues++
	case !d.admits(now):
		e.skip(r)
	default:
		e.fly(r)
	}
}

// exhausted says why a message gets no further attempt, "" if it does.
func (r *record) exhausted(now time.Time) string {
	attempts, ttl := r.msg.MaxAttempts, r.msg.TTL
	if attempts == 0 {
		attempts = r.policy.MaxAttempts
	}
	if ttl == 0 {
		ttl = r.policy.TTL
	}
	switch {
	case attempts > 0 && r.attempts >= attempts:
		return "MaxDeliveryAttemptsExceeded"
	case ttl > 0 && now.Sub(r.posted) >= ttl:
		return "TimeToLiveExceeded"
	}
	return ""
}

// skip lets a message rest without an attempt while its destination is dead.
func (e *Engine) skip(r *record) {
	now := time.Now()
	o := r.outcome
	o.Attempt, o.Status, o.Err, o.RetryAfter, o.Latency = r.attempts, 0, ErrUnavailable, 0, 0
	if r.attempts > 0 && r.outcome.Err != nil {
		o.Err = errors.Join(ErrUnavailable, r.outcome.Err)
	}
	o.tellTime(r, now)
	delay, again := r.policy.Retry(&r.msg, o)
	if !again || r.final {
		r.outcome = o
		e.finish(r, Failed, "the destination does not answer")
		return
	}
	wake := later(now.Add(delay), r.to.until)
	if r.to.probing {
		wake = later(wake, now.Add(r.to.interval))
	}
	r.to.skipped[r] = struct{}{}
	e.restUntil(r, wake)
	e.pump(r.lane)
}

// next starts what waits at a destination, after an attempt has ended.
func (e *Engine) next(d *destination, opened, closed bool) {
	due := d.queue
	if !opened {
		due = due[:min(len(due), max(e.cfg.PerDestination-d.active, 0))]
	}
	d.queue = slices.Clone(d.queue[len(due):])
	e.inQueues -= len(due)
	if closed {
		for r := range d.skipped {
			due = append(due, r)
		}
		clear(d.skipped)
		slices.SortFunc(due, bySeq)
	}
	for _, r := range due {
		if !r.ended() {
			r.due = time.Time{} // void the rest that was planned
			e.start(r)
		}
	}
}
