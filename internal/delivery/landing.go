package delivery

import (
	"errors"
	"time"
)

// A message that rests longer than this leaves its body in the journal.
const longRest = 20 * time.Second

// landed decides what follows an attempt.
func (e *Engine) landed(r *record, o Outcome) {
	now := time.Now()
	d := r.to
	e.inFlight--
	d.active--
	if e.isStopped() && o.Status == 0 || errors.Is(o.Err, errNotKept) {
		e.takeBack(r, o)
		return
	}
	o.tellTime(r, now)
	r.outcome = o
	e.metrics.attempts.WithLabelValues(r.msg.Policy, o.class()).Inc()
	opened, closed := false, false
	if !errors.Is(o.Err, errNotSent) {
		opened, closed = d.answered(o.Status != 0, now)
	} else {
		d.probing = false
	}
	if opened {
		e.log.Warn("destination does not answer, it is left alone for a while", "destination", d.key, "error", o.Err, "for", d.interval)
	}
	e.judge(r, o, now)
	e.next(d, opened, closed)
}

// judge ends a message after an attempt, or has it rest until the next one.
func (e *Engine) judge(r *record, o Outcome, now time.Time) {
	if o.Status != 0 && r.policy.Success(o.Status) {
		e.finish(r, Delivered, "")
		return
	}
	delay, again := r.policy.Retry(&r.msg, o)
	switch {
	case r.final:
		e.finish(r, Dropped, "it was given up while an attempt was running")
	case !again || errors.Is(o.Err, errPrepare):
		e.finish(r, Failed, "not to be retried")
	default:
		r.state = resting
		if why := r.exhausted(r.posted); why != "" { // the time to live is checked at the next attempt only
			e.finish(r, Expired, why)
			return
		}
		e.restUntil(r, now.Add(delay))
		e.note(r, Retried, "")
		e.spoil(r.home)
		e.leaveBody(r, delay)
		e.pump(r.lane)
	}
}

// restUntil plans the next attempt.
func (e *Engine) restUntil(r *record, at time.Time) {
	r.state, r.due = resting, at
	e.retries.at(at, func() {
		if r.state == resting && r.due.Equal(at) {
			delete(r.to.skipped, r)
			e.start(r)
		}
	})
}

// leaveBody lets a long-resting message's body leave memory.
func (e *Engine) leaveBody(r *record, rest time.Duration) {
	if rest > longRest && len(r.msg.Body) > 0 {
		r.msg.Body, r.msg.Header, r.bodyAway = nil, nil, true
	}
}

// takeBack makes an attempt undone that was not one: it was ended by Stop, or
// the body had moved to another page of the journal.
func (e *Engine) takeBack(r *record, o Outcome) {
	r.attempts--
	r.state = resting
	if r.to.probing {
		r.to.probing = false
	}
	switch {
	case e.isStopped():
	case r.bodyFrom == r.home.number:
		r.outcome = o
		e.finish(r, Dropped, "the journal has lost its body")
	default:
		e.start(r)
	}
}

// finish ends a message.
func (e *Engine) finish(r *record, how Result, why string) {
	if r.ended() {
		return
	}
	if r.state == queued && r.to != nil {
		e.unqueue(r)
	}
	r.state = over
	e.open.Add(-1)
	e.note(r, how, why)
	e.metrics.messages.WithLabelValues(r.msg.Policy, string(how)).Inc()
	if how != Delivered {
		e.log.Warn("event was not delivered", "result", string(how), "reason", why, "id", r.msg.ID, "note", r.msg.Note,
			"group", r.msg.Group, "url", maskURL(r.msg.URL), "attempts", r.attempts, "status", r.outcome.Status, "error", r.outcome.Err)
		if r.policy != nil && r.policy.Undelivered != nil {
			r.policy.Undelivered(r.msg, how, r.outcome)
		}
	}
	r.msg.Body, r.msg.Header = nil, nil
	if r.to != nil {
		delete(r.to.skipped, r)
		e.departed(r.to)
	}
	e.settle(r)
	e.leave(r)
	if r.lane != nil {
		e.pump(r.lane)
	}
}

// unqueue takes a message out of its destination's queue.
func (e *Engine) unqueue(r *record) {
	for i, other := range r.to.queue {
		if other == r {
			r.to.queue = append(r.to.queue[:i:i], r.to.queue[i+1:]...)
			e.inQueues--
			return
		}
	}
}

// tellTime adds what depends on the moment.
func (o *Outcome) tellTime(r *record, now time.Time) {
	o.Age = now.Sub(r.posted)
	if r.group != nil && r.group.last != nil {
		o.Ended, o.SinceEnd = true, now.Sub(r.group.ended)
	}
}
