package delivery

import (
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// conclude decides what follows an attempt.
func (e *Engine) conclude(a *attempt, o Outcome) {
	now := time.Now()
	d := a.to
	e.leaveFlight(a)
	if e.isStopped() && o.Status == 0 && !errors.Is(o.Err, ErrDeleted) || errors.Is(o.Err, journal.ErrNotKept) {
		e.undoAttempt(a, o)
		return
	}
	a.settle()
	e.metrics.attempts.WithLabelValues(a.parts[0].msg.Policy, o.class()).Inc()
	e.tellGroupBreaker(a, o, now)
	e.tellBreaker(d, o, now)
	e.deferred.begin()
	delay, again := time.Duration(0), false
	for i := range a.parts {
		s := &a.parts[i]
		j := s.job
		o := o
		o.Attempt = j.Attempts
		o.addTimes(j, now)
		j.outcome = o
		// Those that fail together, after as many attempts, return together.
		if i == 0 || j.Attempts != a.parts[i-1].job.Attempts {
			delay, again = j.policy.Retry(&j.msg, o)
		}
		e.decide(s, o, now, delay, again)
	}
	e.deferred.end(e)
	e.startQueued(d)
}

// leaveFlight gives up the place of an attempt at its destination.
func (e *Engine) leaveFlight(a *attempt) {
	e.inFlight--
	a.to.active--
	for _, s := range a.parts {
		if s.job.Attempts == 1 {
			s.job.lane.sending--
		}
	}
}

// tellBreaker tells the destination's breaker how an attempt ended.
func (e *Engine) tellBreaker(d *destination, o Outcome, now time.Time) {
	switch {
	case o.isInconclusive():
		d.cancel()
	case o.Status != 0:
		e.closeCircuit(d)
	case d.failed(now, breakerFailures, breakerInterval):
		e.circuits.write(e.log.Warn, "destination does not answer; its circuit is open", "destination", d.key.address, "error", o.Err, "for", d.interval)
	}
}

// decide ends a message after an attempt, or lets it back off until the next.
func (e *Engine) decide(s *part, o Outcome, now time.Time, delay time.Duration, again bool) {
	j := s.job
	success := o.Status != 0 && j.policy.Success(o.Status)
	e.observe(s, o, success)
	if j.answered || success {
		e.keep(*s.msg)
		e.finish(j, history.Delivered, "")
		return
	}
	switch {
	case errors.Is(o.Err, ErrDeleted):
		e.finish(j, history.Dropped, whyDeleted)
	case j.final:
		e.finish(j, history.Dropped, "it was given up during an attempt")
	case !again || errors.Is(o.Err, errPrepare):
		e.keep(*s.msg)
		e.finish(j, history.Failed, "not to be retried")
	default:
		j.state = backingOff
		if why := j.exhausted(j.Posted); why != "" { // the time to live is checked at the next attempt only
			e.keep(*s.msg)
			e.finish(j, history.Expired, why)
			return
		}
		e.retryAt(j, now.Add(delay))
		e.logFirstFailure(j, delay)
		e.note(j, history.Retried, "")
		e.journal.Changed(&j.Record)
		e.dropBody(j, delay)
		e.advance(j.lane)
	}
}

// observe tells the publisher of an attempt.
func (e *Engine) observe(s *part, o Outcome, success bool) {
	j := s.job
	if j.policy.Observer == nil {
		return
	}
	told := Attempted{
		Message: s.msg, Sequence: s.seq, Size: int(j.size), Posted: j.Posted, Outcome: o,
		Success: success, Dropped: j.silent,
	}
	if j.breaker != nil {
		told.CircuitOpen, told.CircuitOpened = j.breaker.circuit != closed, j.breaker.opened
	}
	j.policy.Observer.Attempted(told)
}

// undoAttempt does not count an attempt that was none: Stop ended it, or a body
// had moved to another page of the journal.
func (e *Engine) undoAttempt(a *attempt, o Outcome) {
	a.to.cancel()
	if w := a.parts[0].job.breaker; w != nil {
		w.cancel()
	}
	for _, s := range a.parts {
		j := s.job
		j.Attempts--
		j.state = backingOff
		switch {
		case e.isStopped():
		case s.lost && j.bodyFrom == j.Page():
			j.outcome = o
			e.finish(j, history.Dropped, "the journal has lost its body")
		default:
			e.start(j)
		}
	}
	e.startQueued(a.to)
}

// finish ends a message.
func (e *Engine) finish(j *job, how history.Result, why string) {
	if j.ended() {
		return
	}
	if j.state == queued {
		e.unqueue(j)
	}
	j.state = done
	e.open.end(j)
	e.note(j, how, why)
	e.metrics.messages.WithLabelValues(j.msg.Policy, string(how)).Inc()
	if j.policy != nil && j.policy.Observer != nil && !j.silent {
		j.policy.Observer.Ended(&j.msg, how, why)
	}
	handedOver := false
	if how != history.Delivered {
		e.logEnd(j, how, why)
		handedOver = e.handOver(j, how, why)
	}
	if !handedOver {
		j.msg.Body, j.msg.Header = nil, nil
	}
	e.depart(j)
}

// depart takes a message that has ended out of all that it waited in.
func (e *Engine) depart(j *job) {
	e.forgetBody(j)
	if j.to != nil {
		e.cancelRetry(j)
		e.leaveGroupBreaker(j)
		e.leaveLimiter(j)
		e.leaveBatchQueue(j)
		e.leaveDestination(j.to)
	}
	e.end(j)
	e.leave(j)
	if j.lane != nil {
		e.advance(j.lane)
	}
}

// unqueue forgets that a message is queued; the queue skips it.
func (e *Engine) unqueue(j *job) {
	e.inQueues--
	if j.batch != nil {
		j.lane.gathered--
	}
}
