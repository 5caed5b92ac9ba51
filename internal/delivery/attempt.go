package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// flight is one attempt, for a message or for those of a batch.
type attempt struct {
	to      *destination
	policy  *Policy
	group   string // of all its messages
	started time.Time
	parts   []part
	decided atomic.Bool // its outcome is told
	life    life        // ends with the answer, or before it
}

const whyDeleted = "its event subscription was deleted"

// errDeleted is the outcome of an attempt that was cut off because the
// subscription that it was made for is no more.
var ErrDeleted = errors.New("canceled: " + whyDeleted)

// seat is a message in a flight.
type part struct {
	job  *job
	msg  Message // a copy: the record belongs to the scheduler
	seq  uint64
	page uint64 // where the journal has the body that is not in memory; 0: it is
	lost bool   // that page is gone
}

// fly makes an attempt in a goroutine of its own.
func (e *Engine) startAttempt(d *destination, records []*job) {
	f := &attempt{to: d, policy: records[0].policy, group: records[0].msg.Group, started: time.Now(), parts: make([]part, len(records))}
	f.life.Context, f.life.end = context.WithCancelCause(e.flights)
	e.sending[f] = struct{}{}
	for i, r := range records {
		r.state, r.started, r.Due = sending, f.started, time.Time{}
		r.Attempts++
		r.heldBack = false
		e.cancelRetry(r)
		if r.Attempts == 1 {
			r.lane.sending++
			e.waits.note(r, f.started)
			e.metrics.firstAttempt.WithLabelValues(r.msg.Policy).Observe(r.started.Sub(r.Posted).Seconds())
		}
		r.bodyFrom = 0
		if r.Away {
			r.bodyFrom = r.Page()
		}
		f.parts[i] = part{job: r, msg: r.msg, seq: r.Seq, page: r.bodyFrom}
	}
	d.begin()
	if w := records[0].breaker; w != nil {
		w.begin()
	}
	records[0].limiter.take(f.started)
	d.active++
	e.inFlight++
	attempt := records[0].Attempts
	e.work.Go(func() { e.makeAttempt(f, attempt) })
}

// carry makes the attempt and tells the scheduler how it ended. One that takes
// longer than the policy's Timeout has failed, but may be answered until Late.
func (e *Engine) makeAttempt(f *attempt, attempt int) {
	defer f.life.end(nil)
	timeout := f.policy.Timeout
	ctx, cancel := context.WithTimeoutCause(f.life, timeout+f.policy.Late, fmt.Errorf("%w within %s", ErrNotAnswered, timeout+f.policy.Late))
	defer cancel()
	if f.policy.Late > 0 {
		slow := time.AfterFunc(timeout, func() {
			if f.decided.CompareAndSwap(false, true) {
				e.onLoop(func() { e.attemptTimedOut(f, timeout) })
			}
		})
		defer slow.Stop()
	}
	o := e.send(ctx, f, attempt)
	o.Latency = time.Since(f.started)
	if o.Status == 0 && errors.Is(context.Cause(f.life), ErrDeleted) {
		o.Err = ErrDeleted // whatever its Sender makes of a context that ends
	}
	end := e.answeredLate
	if f.decided.CompareAndSwap(false, true) {
		end = e.conclude
	}
	e.onLoop(func() {
		delete(e.sending, f)
		end(f, o)
	})
}

// cutOff ends the attempts under way for a subscription that was deleted: also
// those that took too long and are only listened to. One of them may have
// reached its endpoint.
func (e *Engine) cutOff(group string) {
	for f := range e.sending {
		if f.group == group {
			f.life.end(ErrDeleted)
		}
	}
}

// send reads the bodies that are not in memory and lets the Sender go.
func (e *Engine) send(ctx context.Context, f *attempt, attempt int) Outcome {
	if err := e.loadBodies(ctx, f); err != nil {
		return Outcome{Err: fmt.Errorf("%w: read the body from the journal: %w", ErrNotSent, err)}
	}
	p := Parcel{Messages: make([]Message, len(f.parts)), Attempt: attempt, policy: f.policy}
	for i := range f.parts {
		p.Messages[i] = f.parts[i].msg
	}
	return f.to.sender.Send(ctx, p)
}

// loadBodies reads from the journal what left memory. Neighbours in a batch
// often share a page, which is then read once.
func (e *Engine) loadBodies(ctx context.Context, f *attempt) error {
	var page uint64
	var contents map[uint64]journal.Content
	for i := range f.parts {
		s := &f.parts[i]
		if s.page == 0 {
			continue
		}
		if s.page != page {
			var err error
			if contents, err = e.journal.Contents(ctx, s.page); err != nil {
				s.lost = errors.Is(err, journal.ErrNotKept)
				return err
			}
			page = s.page
		}
		content, found := contents[s.seq]
		if !found {
			s.lost = true
			return journal.ErrNotKept
		}
		if err := s.msg.decode(content.Encoded, content.Format); err != nil {
			return err
		}
	}
	return nil
}

// overdue lets an attempt fail that took too long. Its request goes on, while
// not too many do: the endpoint may have taken the event and answer late.
func (e *Engine) attemptTimedOut(f *attempt, timeout time.Duration) {
	if f.to.late++; f.to.late > e.cfg.PerDestination {
		f.life.end(nil)
	}
	e.conclude(f, Outcome{Err: fmt.Errorf("%w within %s", ErrNotAnswered, timeout), Latency: timeout})
}

// answeredLate ends the messages of an attempt that had failed for its
// slowness, unless they are over by now. Event Grid does the same "on best
// effort", within three minutes.
func (e *Engine) answeredLate(f *attempt, o Outcome) {
	f.to.late--
	if o.Status == 0 || !f.policy.Success(o.Status) {
		return
	}
	now := time.Now()
	e.tellGroupBreaker(f, o, now)
	e.tellBreaker(f.to, o, now)
	for _, s := range f.parts {
		r := s.job
		switch {
		case r.ended():
		case r.state == sending:
			r.answered = true // by this one, whatever the next says
		default:
			r.outcome.Status, r.outcome.Err, r.outcome.Latency, r.outcome.Answer = o.Status, nil, o.Latency, o.Answer
			e.finish(r, history.Delivered, "answered late")
		}
	}
}
