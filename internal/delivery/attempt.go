package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/stack"
)

// attempt is one request to a destination, for a message or those of a batch.
type attempt struct {
	to            *destination
	target        *target
	number        int // of its first message's attempts, from 1
	policy        *Policy
	group         string // of all its messages
	started       time.Time
	limit         time.Time    // when it has taken too long
	limited       *attemptList // the list that it is in; nil: none
	before, after *attempt     // in that list
	parts         []part
	msgs          []Message // of the parts; copies, which nobody changes once they are loaded
	room          struct {  // of an attempt without a batch
		parts [1]part
		msgs  [1]Message
	}
	loaded  atomic.Bool // msgs have their bodies: the scheduler may read them
	decided atomic.Bool // its outcome is known, or it has timed out
	awaited bool        // its messages are unanswered
	life    attemptLife // ends with the answer, or before it
}

const whyDeleted = "its event subscription was deleted"

// ErrDeleted is the outcome of an attempt that was canceled because its
// subscription was deleted.
var ErrDeleted = errors.New("canceled: " + whyDeleted)

// part is a message in an attempt.
type part struct {
	job  *job
	msg  *Message // the scheduler's, from settle on: in msgs, since the job changes
	seq  uint64
	page uint64 // where the journal has the body that is not in memory; 0: it is
	lost bool   // that page is gone
}

// startAttempt makes an attempt: in the goroutine whose attempt ends in this turn, if that
// has none yet, else in a new one.
func (e *Engine) startAttempt(d *destination, jobs []*job) {
	a := &attempt{to: d, target: jobs[0].target, policy: jobs[0].policy, group: jobs[0].msg.Group, started: time.Now()}
	if a.parts, a.msgs = a.room.parts[:], a.room.msgs[:]; len(jobs) > 1 {
		a.parts, a.msgs = make([]part, len(jobs)), make([]Message, len(jobs))
	}
	a.life.Context = context.Background()
	e.sending[a] = struct{}{}
	e.limit(a)
	if e.isStopped() {
		a.life.end(errStopping)
	}
	for i, j := range jobs {
		j.state, j.started, j.Due = sending, a.started, time.Time{}
		j.Attempts++
		j.heldBack = false
		e.cancelRetry(j)
		if j.Attempts == 1 {
			j.lane.sending++
			e.waits.note(j, a.started)
			e.metrics.firstAttempt.WithLabelValues(j.msg.Policy).Observe(j.started.Sub(j.Posted).Seconds())
		}
		j.bodyFrom = 0
		if j.Away {
			j.bodyFrom = j.Page()
		}
		a.msgs[i] = j.msg
		a.parts[i] = part{job: j, seq: j.Seq, page: j.bodyFrom}
	}
	if d.begin() && a.isPatient() {
		e.watchProbe(a)
	}
	if w := jobs[0].breaker; w != nil {
		w.begin()
	}
	jobs[0].limiter.take(a.started)
	d.active++
	e.inFlight++
	a.number = jobs[0].Attempts
	if e.free {
		e.free, e.follows = false, a
		return
	}
	e.work.Go(func() { e.makeAttempts(a) })
}

// makeAttempts makes an attempt, and those that its goroutine is given when one has ended.
func (e *Engine) makeAttempts(a *attempt) {
	stack.Grow()
	for a != nil {
		a = e.ended(a, e.makeAttempt(a))
	}
}

// makeAttempt sends, and returns how it ended.
func (e *Engine) makeAttempt(a *attempt) Outcome {
	unread := e.loadBodies(&a.life, a)
	a.loaded.Store(unread == nil)
	o := e.send(&a.life, a, unread)
	if o.Latency = time.Since(a.started); o.Status == 0 {
		o.Err = whyEnded(a.life.why(), o.Err)
	}
	return o
}

// settle lets the scheduler read the messages. An attempt that times out while its bodies are
// read from the journal, or that could not read them, has those of its jobs.
func (a *attempt) settle() {
	loaded := a.loaded.Load()
	for i := range a.parts {
		s := &a.parts[i]
		if loaded {
			s.msg = &a.msgs[i]
		} else if s.msg == nil {
			bodiless := s.job.msg
			s.msg = &bodiless
		}
	}
}

// ended tells the scheduler how an attempt ended, and returns what this goroutine does next;
// nil: nothing.
func (e *Engine) ended(a *attempt, o Outcome) (next *attempt) {
	defer a.life.end(nil)
	inTime := a.decided.CompareAndSwap(false, true)
	e.inTurn(func() {
		e.free = true
		delete(e.sending, a)
		a.limited.remove(a)
		if inTime {
			e.conclude(a, o)
		} else {
			e.answeredLate(a, o)
		}
		next, e.free, e.follows = e.follows, false, nil
	})
	return next
}

// whyEnded is why an attempt ended without a status: because of its context, whatever its
// Sender makes of that, unless nothing was sent.
func whyEnded(cause, err error) error {
	if cause == nil || errors.Is(err, ErrNotSent) && !errors.Is(cause, ErrDeleted) {
		return err
	}
	return cause
}

// notAnswered is ErrNotAnswered with the time that was waited.
type notAnswered time.Duration

func (n notAnswered) Error() string {
	return fmt.Sprintf("%v within %s", ErrNotAnswered, time.Duration(n))
}

func (notAnswered) Unwrap() error { return ErrNotAnswered }

// cancelAttempts ends the attempts for a subscription that was deleted, those
// included that have timed out. One of them may have reached its endpoint.
func (e *Engine) cancelAttempts(group string) {
	for a := range e.sending {
		if a.group == group {
			a.life.end(ErrDeleted)
		}
	}
}

// send lets the Sender go, unless a body could not be read.
func (e *Engine) send(ctx context.Context, a *attempt, unread error) Outcome {
	if unread != nil {
		return Outcome{Err: fmt.Errorf("%w: read the body from the journal: %w", ErrNotSent, unread)}
	}
	var o Outcome
	err := panics.Contain(e.log, panics.Delivery, func() {
		o = a.to.sender.Send(ctx, Parcel{Messages: a.msgs, Attempt: a.number, policy: a.policy, target: a.target})
	}, "policy", a.to.key.policy)
	if err != nil { // it may have been sent: the policy decides, as where no answer came
		return Outcome{Err: err}
	}
	return o
}
