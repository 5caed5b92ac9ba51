package delivery

import (
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// Bounds of the attempts whose connections are kept open for an answer, for one host
// and port, and for all. Messages beyond them are sent again.
const (
	maxAwaited      = 512
	maxAwaitedInAll = 4096
)

// whyTaken is why the last events of an application that never answers are not waited for.
const whyTaken = "it was taken and not answered before its call was over"

// attemptTimedOut lets an attempt fail. Its request goes on, unless too many do:
// the endpoint may have taken the event and answer late.
func (e *Engine) attemptTimedOut(a *attempt, timeout time.Duration) {
	a.to.late++
	if a.isPatient() && a.to.late <= maxAwaited && e.awaited < maxAwaitedInAll {
		e.await(a)
		return
	}
	if a.to.late > e.cfg.PerDestination {
		a.life.end(nil)
	}
	e.conclude(a, Outcome{Err: notAnswered(timeout), Latency: timeout})
}

// answeredLate ends the messages of an attempt that had timed out and now
// succeeds, unless they have ended. Event Grid does the same "on best
// effort", within three minutes.
func (e *Engine) answeredLate(a *attempt, o Outcome) {
	a.to.late--
	if a.awaited {
		e.concludeAwaited(a, o)
		return
	}
	if o.Status == 0 || !a.policy.Success(o.Status) {
		return
	}
	now := time.Now()
	e.tellGroupBreaker(a, o, now)
	e.tellBreaker(a.to, o, now)
	for _, s := range a.parts {
		j := s.job
		switch {
		case j.ended():
		case j.state == sending:
			j.answered = true // by this one, whatever the next says
		default:
			j.outcome.Status, j.outcome.Err, j.outcome.Latency, j.outcome.Answer = o.Status, nil, o.Latency, o.Answer
			e.finish(j, history.Delivered, "answered late")
		}
	}
}

// isPatient reports whether all its messages are such that it is waited for them.
func (a *attempt) isPatient() bool {
	if a.policy.Patient == nil {
		return false
	}
	for i := range a.parts {
		if !a.policy.Patient(&a.parts[i].job.msg) {
			return false
		}
	}
	return true
}

// takenAfter is when an endpoint that has a request and does not answer counts as alive.
const takenAfter = 250 * time.Millisecond

// watchProbe closes the circuit of a destination soon after it was sent a probe that is
// waited for, whatever becomes of the answer: what waits for the circuit must not wait for
// the answer of an application that never gives one.
func (e *Engine) watchProbe(a *attempt) {
	e.timers.at(time.Now().Add(takenAfter), func() {
		switch {
		case a.decided.Load() || a.to.circuit != halfOpen:
		case a.life.isSent():
			e.closeCircuit(a.to)
		default:
			e.watchProbe(a) // it is still connecting
		}
	})
}

// await gives up the place of an attempt that was not answered in time, and waits
// for its connection to end. An application may take events and never answer: to it
// a repetition would be a second event.
func (e *Engine) await(a *attempt) {
	a.awaited = true
	e.awaited++
	e.leaveFlight(a)
	e.closeCircuit(a.to) // the connection lives: only the answer is missing
	if w := a.parts[0].job.breaker; w != nil {
		w.cancel()
	}
	e.deferred.begin()
	for i := range a.parts {
		if j := a.parts[i].job; j.final {
			e.finish(j, history.Dropped, whyTaken)
		} else {
			j.state = unanswered
			e.advance(j.lane)
		}
	}
	e.deferred.end(e)
	e.startQueued(a.to)
}

// concludeAwaited decides what follows an attempt whose messages were unanswered:
// an answer came, its connection ended, or it lived for as long as is waited.
func (e *Engine) concludeAwaited(a *attempt, o Outcome) {
	now := time.Now()
	e.awaited--
	a.settle()
	if o.Status != 0 {
		e.tellBreaker(a.to, o, now)
	}
	if o.Status != 0 || !e.isStopped() {
		e.metrics.attempts.WithLabelValues(a.parts[0].msg.Policy, o.class()).Inc()
	}
	for i := range a.parts {
		s := &a.parts[i]
		j := s.job
		if j.state != unanswered {
			continue // it was given up
		}
		if e.isStopped() && o.Status == 0 && !errors.Is(o.Err, ErrDeleted) {
			j.Attempts--
			j.state = backingOff // for the next process
			continue
		}
		o := o
		o.Attempt = j.Attempts
		o.addTimes(j, now)
		j.outcome = o
		delay, again := j.policy.Retry(&j.msg, o)
		e.decide(s, o, now, delay, again && !errors.Is(o.Err, ErrNotAnswered))
	}
}
