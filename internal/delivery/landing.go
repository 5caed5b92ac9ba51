package delivery

import (
	"errors"
	"time"
)

// A message that rests longer than this leaves its body in the journal.
const longRest = 20 * time.Second

// land decides what follows an attempt.
func (e *Engine) land(f *flight, o Outcome) {
	now := time.Now()
	d := f.to
	e.inFlight--
	d.active--
	for _, s := range f.seats {
		if s.rec.attempts == 1 {
			s.rec.lane.aloft--
		}
	}
	if e.isStopped() && o.Status == 0 && !errors.Is(o.Err, errDeleted) || errors.Is(o.Err, errNotKept) {
		e.takeBack(f, o)
		return
	}
	e.metrics.attempts.WithLabelValues(f.seats[0].msg.Policy, o.class()).Inc()
	e.learn(f, o, now)
	e.reached(d, o, now)
	e.pumps.hold()
	delay, again := time.Duration(0), false
	for i := range f.seats {
		s := &f.seats[i]
		r := s.rec
		o := o
		o.Attempt = r.attempts
		o.tellTime(r, now)
		r.outcome = o
		// Those that fail together, after as many attempts, return together.
		if i == 0 || r.attempts != f.seats[i-1].rec.attempts {
			delay, again = r.policy.Retry(&r.msg, o)
		}
		e.judge(s, o, now, delay, again)
	}
	e.pumps.free(e)
	e.next(d)
}

// reached tells the destination's breaker how an attempt ended.
func (e *Engine) reached(d *destination, o Outcome, now time.Time) {
	switch {
	case o.saysNothing():
		d.probing = false
	case o.Status != 0:
		if d.succeeded() {
			e.reopen(d.release())
		}
	case d.failed(now, breakerFailures, breakerInterval):
		e.log.Warn("destination does not answer, it is left alone for a while", "destination", d.key, "error", o.Err, "for", d.interval)
	}
}

// judge ends a message after an attempt, or has it rest until the next one.
func (e *Engine) judge(s *seat, o Outcome, now time.Time, delay time.Duration, again bool) {
	r := s.rec
	e.grid.attempted(r, o)
	if r.answered || o.Status != 0 && r.policy.Success(o.Status) {
		e.keep(s.msg)
		e.finish(r, Delivered, "")
		return
	}
	e.recordFailure(s, o)
	switch {
	case errors.Is(o.Err, errDeleted):
		e.finish(r, Dropped, whyDeleted)
	case r.final:
		e.finish(r, Dropped, "it was given up while an attempt was running")
	case !again || errors.Is(o.Err, errPrepare):
		e.keep(s.msg)
		e.finish(r, Failed, "not to be retried")
	default:
		r.state = resting
		if why := r.exhausted(r.posted); why != "" { // the time to live is checked at the next attempt only
			e.keep(s.msg)
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
	e.rests.plan(r, at)
}

// wake starts the messages whose rest is over, a turn of them at most.
func (e *Engine) wake(now time.Time) {
	for range turn {
		r := e.rests.due(now)
		if r == nil {
			return
		}
		e.forgetRest(r)
		e.start(r)
	}
}

// forgetRest takes a message out of the plan of rests, and out of the breakers
// that it rests for.
func (e *Engine) forgetRest(r *record) {
	e.rests.forget(r)
	delete(r.to.resting, r)
	if r.ward != nil {
		delete(r.ward.resting, r)
	}
}

// leaveBody lets a long-resting message's body leave memory.
func (e *Engine) leaveBody(r *record, rest time.Duration) {
	if rest > longRest && len(r.msg.Body) > 0 {
		r.msg.Body, r.msg.Header, r.bodyAway = nil, nil, true
	}
}

// takeBack makes an attempt undone that was not one: it was ended by Stop, or
// a body had moved to another page of the journal.
func (e *Engine) takeBack(f *flight, o Outcome) {
	f.to.probing = false
	if w := f.seats[0].rec.ward; w != nil {
		w.probing = false
	}
	for _, s := range f.seats {
		r := s.rec
		r.attempts--
		r.state = resting
		switch {
		case e.isStopped():
		case s.lost && r.bodyFrom == r.home.number:
			r.outcome = o
			e.finish(r, Dropped, "the journal has lost its body")
		default:
			e.start(r)
		}
	}
	e.next(f.to)
}

// finish ends a message.
func (e *Engine) finish(r *record, how Result, why string) {
	if r.ended() {
		return
	}
	if r.state == queued {
		e.unqueue(r)
	}
	r.state = over
	e.open.Add(-1)
	e.note(r, how, why)
	e.metrics.messages.WithLabelValues(r.msg.Policy, string(how)).Inc()
	e.grid.ended(r, how, why)
	buried := false
	if how != Delivered {
		e.logEnd(r, how, why)
		buried = e.bury(r, how, why)
	}
	if !buried {
		r.msg.Body, r.msg.Header = nil, nil
	}
	if r.to != nil {
		e.forgetRest(r)
		e.discharge(r)
		e.unpace(r)
		e.unbucket(r)
		e.departed(r.to)
	}
	e.settle(r)
	e.leave(r)
	if r.lane != nil {
		e.pump(r.lane)
	}
}

func (e *Engine) logEnd(r *record, how Result, why string) {
	level := e.log.Warn
	if r.mute {
		level = e.log.Debug // one line speaks for its whole group
	}
	level("event was not delivered", "result", string(how), "reason", why, "id", r.msg.ID, "note", r.msg.Note,
		"group", r.msg.Group, "url", maskURL(r.msg.URL), "attempts", r.attempts, "status", r.outcome.Status, "error", r.outcome.Err)
}

// unqueue forgets that a message is queued; the queue passes over it.
func (e *Engine) unqueue(r *record) {
	e.inQueues--
	if r.bucket != nil {
		r.lane.gathered--
	}
}
