package delivery

import (
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// A message that rests longer than this leaves its body in the journal.
const longBackoff = 20 * time.Second

// land decides what follows an attempt.
func (e *Engine) conclude(f *attempt, o Outcome) {
	now := time.Now()
	d := f.to
	e.inFlight--
	d.active--
	for _, s := range f.parts {
		if s.job.Attempts == 1 {
			s.job.lane.sending--
		}
	}
	if e.isStopped() && o.Status == 0 && !errors.Is(o.Err, ErrDeleted) || errors.Is(o.Err, journal.ErrNotKept) {
		e.undoAttempt(f, o)
		return
	}
	e.metrics.attempts.WithLabelValues(f.parts[0].msg.Policy, o.class()).Inc()
	e.tellGroupBreaker(f, o, now)
	e.tellBreaker(d, o, now)
	e.deferred.hold()
	delay, again := time.Duration(0), false
	for i := range f.parts {
		s := &f.parts[i]
		r := s.job
		o := o
		o.Attempt = r.Attempts
		o.addTimes(r, now)
		r.outcome = o
		// Those that fail together, after as many attempts, return together.
		if i == 0 || r.Attempts != f.parts[i-1].job.Attempts {
			delay, again = r.policy.Retry(&r.msg, o)
		}
		e.decide(s, o, now, delay, again)
	}
	e.deferred.free(e)
	e.startQueued(d)
}

// reached tells the destination's breaker how an attempt ended.
func (e *Engine) tellBreaker(d *destination, o Outcome, now time.Time) {
	switch {
	case o.isInconclusive():
		d.cancel()
	case o.Status != 0:
		if d.succeeded() {
			e.reopen(d.release())
		}
	case d.failed(now, breakerFailures, breakerInterval):
		e.log.Warn("destination does not answer, it is left alone for a while", "destination", d.key, "error", o.Err, "for", d.interval)
	}
}

// judge ends a message after an attempt, or has it rest until the next one.
func (e *Engine) decide(s *part, o Outcome, now time.Time, delay time.Duration, again bool) {
	r := s.job
	success := o.Status != 0 && r.policy.Success(o.Status)
	e.observe(s, o, success)
	if r.answered || success {
		e.keep(s.msg)
		e.finish(r, history.Delivered, "")
		return
	}
	switch {
	case errors.Is(o.Err, ErrDeleted):
		e.finish(r, history.Dropped, whyDeleted)
	case r.final:
		e.finish(r, history.Dropped, "it was given up while an attempt was running")
	case !again || errors.Is(o.Err, errPrepare):
		e.keep(s.msg)
		e.finish(r, history.Failed, "not to be retried")
	default:
		r.state = backingOff
		if why := r.exhausted(r.Posted); why != "" { // the time to live is checked at the next attempt only
			e.keep(s.msg)
			e.finish(r, history.Expired, why)
			return
		}
		e.retryAt(r, now.Add(delay))
		e.note(r, history.Retried, "")
		e.journal.Changed(&r.Record)
		e.dropBody(r, delay)
		e.advance(r.lane)
	}
}

// observe tells the publisher of an attempt.
func (e *Engine) observe(s *part, o Outcome, success bool) {
	r := s.job
	if r.policy.Observer == nil {
		return
	}
	told := Attempted{
		Message: &s.msg, Sequence: s.seq, Size: r.size, Posted: r.Posted, Outcome: o,
		Success: success, Dropped: r.silent,
	}
	if r.breaker != nil {
		told.CircuitOpen, told.CircuitOpened = r.breaker.circuit != closed, r.breaker.opened
	}
	r.policy.Observer.Attempted(told)
}

// restUntil plans the next attempt.
func (e *Engine) retryAt(r *job, at time.Time) {
	r.state, r.Due = backingOff, at
	e.retries.plan(r, at)
}

// wake starts the messages whose rest is over, a turn of them at most.
func (e *Engine) startRetries(now time.Time) {
	for range maxPerTurn {
		r := e.retries.due(now)
		if r == nil {
			return
		}
		e.cancelRetry(r)
		e.start(r)
	}
}

// forgetRest takes a message out of the plan of rests, and out of the breakers
// that it rests for.
func (e *Engine) cancelRetry(r *job) {
	e.retries.forget(r)
	delete(r.to.waiting, r)
	if r.breaker != nil {
		delete(r.breaker.waiting, r)
	}
}

// leaveBody lets a long-resting message's body leave memory.
func (e *Engine) dropBody(r *job, rest time.Duration) {
	if rest > longBackoff && len(r.msg.Body) > 0 {
		r.msg.Body, r.msg.Header, r.Away = nil, nil, true
	}
}

// takeBack makes an attempt undone that was not one: it was ended by Stop, or
// a body had moved to another page of the journal.
func (e *Engine) undoAttempt(f *attempt, o Outcome) {
	f.to.cancel()
	if w := f.parts[0].job.breaker; w != nil {
		w.cancel()
	}
	for _, s := range f.parts {
		r := s.job
		r.Attempts--
		r.state = backingOff
		switch {
		case e.isStopped():
		case s.lost && r.bodyFrom == r.Page():
			r.outcome = o
			e.finish(r, history.Dropped, "the journal has lost its body")
		default:
			e.start(r)
		}
	}
	e.startQueued(f.to)
}

// finish ends a message.
func (e *Engine) finish(r *job, how history.Result, why string) {
	if r.ended() {
		return
	}
	if r.state == queued {
		e.unqueue(r)
	}
	r.state = done
	e.open.Add(-1)
	e.note(r, how, why)
	e.metrics.messages.WithLabelValues(r.msg.Policy, string(how)).Inc()
	if r.policy != nil && r.policy.Observer != nil && !r.silent {
		r.policy.Observer.Ended(&r.msg, how, why)
	}
	handedOver := false
	if how != history.Delivered {
		e.logEnd(r, how, why)
		handedOver = e.handOver(r, how, why)
	}
	if !handedOver {
		r.msg.Body, r.msg.Header = nil, nil
	}
	if r.to != nil {
		e.cancelRetry(r)
		e.leaveGroupBreaker(r)
		e.leaveLimiter(r)
		e.leaveBatchQueue(r)
		e.leaveDestination(r.to)
	}
	e.end(r)
	e.leave(r)
	if r.lane != nil {
		e.advance(r.lane)
	}
}

func (e *Engine) logEnd(r *job, how history.Result, why string) {
	level := e.log.Warn
	if r.silent {
		level = e.log.Debug // one line speaks for its whole group
	}
	level("event was not delivered", "result", string(how), "reason", why, "id", r.msg.ID, "note", r.msg.Note,
		"group", r.msg.Group, "url", history.MaskURL(r.msg.URL), "attempts", r.Attempts, "status", r.outcome.Status, "error", r.outcome.Err)
}

// unqueue forgets that a message is queued; the queue passes over it.
func (e *Engine) unqueue(r *job) {
	e.inQueues--
	if r.batch != nil {
		r.lane.gathered--
	}
}
