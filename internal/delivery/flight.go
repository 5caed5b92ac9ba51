package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// flight is one attempt, for a message or for those of a batch.
type flight struct {
	to      *destination
	policy  *Policy
	group   string // of all its messages
	started time.Time
	seats   []seat
	landed  atomic.Bool // its outcome is told
	life    life        // ends with the answer, or before it
}

const whyDeleted = "its event subscription was deleted"

// errDeleted is the outcome of an attempt that was cut off because the
// subscription that it was made for is no more.
var errDeleted = errors.New("canceled: " + whyDeleted)

// seat is a message in a flight.
type seat struct {
	rec  *record
	msg  Message // a copy: the record belongs to the scheduler
	seq  uint64
	page uint64 // where the journal has the body that is not in memory; 0: it is
	lost bool   // that page is gone
}

// fly makes an attempt in a goroutine of its own.
func (e *Engine) fly(d *destination, records []*record) {
	f := &flight{to: d, policy: records[0].policy, group: records[0].msg.Group, started: time.Now(), seats: make([]seat, len(records))}
	f.life.Context, f.life.end = context.WithCancelCause(e.flights)
	e.aloft[f] = struct{}{}
	for i, r := range records {
		r.state, r.started, r.due = flying, f.started, time.Time{}
		r.attempts++
		r.detained = false
		e.forgetRest(r)
		if r.attempts == 1 {
			r.lane.aloft++
			e.waits.note(r, f.started)
			e.metrics.firstAttempt.WithLabelValues(r.msg.Policy).Observe(r.started.Sub(r.posted).Seconds())
		}
		r.bodyFrom = 0
		if r.bodyAway {
			r.bodyFrom = r.home.number
		}
		f.seats[i] = seat{rec: r, msg: r.msg, seq: r.seq, page: r.bodyFrom}
	}
	d.pass()
	if w := records[0].ward; w != nil {
		w.pass()
	}
	records[0].pace.take(f.started)
	d.active++
	e.inFlight++
	attempt := records[0].attempts
	e.work.Go(func() { e.carry(f, attempt) })
}

// carry makes the attempt and tells the scheduler how it ended. One that takes
// longer than the policy's Timeout has failed, but may be answered until Late.
func (e *Engine) carry(f *flight, attempt int) {
	defer f.life.end(nil)
	timeout := f.policy.Timeout
	ctx, cancel := context.WithTimeoutCause(f.life, timeout+f.policy.Late, fmt.Errorf("%w within %s", ErrNotAnswered, timeout+f.policy.Late))
	defer cancel()
	if f.policy.Late > 0 {
		slow := time.AfterFunc(timeout, func() {
			if f.landed.CompareAndSwap(false, true) {
				e.tell(func() { e.overdue(f, timeout) })
			}
		})
		defer slow.Stop()
	}
	o := e.send(ctx, f, attempt)
	o.Latency = time.Since(f.started)
	if o.Status == 0 && errors.Is(context.Cause(f.life), errDeleted) {
		o.Err = errDeleted // whatever its Sender makes of a context that ends
	}
	end := e.answeredLate
	if f.landed.CompareAndSwap(false, true) {
		end = e.land
	}
	e.tell(func() {
		delete(e.aloft, f)
		end(f, o)
	})
}

// cutOff ends the attempts under way for a subscription that was deleted: also
// those that took too long and are only listened to. One of them may have
// reached its endpoint.
func (e *Engine) cutOff(group string) {
	for f := range e.aloft {
		if f.group == group {
			f.life.end(errDeleted)
		}
	}
}

// send reads the bodies that are not in memory and lets the Sender go.
func (e *Engine) send(ctx context.Context, f *flight, attempt int) Outcome {
	if err := e.loadBodies(ctx, f); err != nil {
		return Outcome{Err: fmt.Errorf("%w: read the body from the journal: %w", ErrNotSent, err)}
	}
	p := Parcel{Messages: make([]Message, len(f.seats)), Attempt: attempt, policy: f.policy}
	for i := range f.seats {
		p.Messages[i] = f.seats[i].msg
	}
	return f.to.sender.Send(ctx, p)
}

// loadBodies reads from the journal what left memory. Neighbours in a batch
// often share a page, which is then read once.
func (e *Engine) loadBodies(ctx context.Context, f *flight) error {
	var page uint64
	var contents map[uint64][]byte
	for i := range f.seats {
		s := &f.seats[i]
		if s.page == 0 {
			continue
		}
		if s.page != page {
			var err error
			if contents, err = e.contentsOf(ctx, s.page); err != nil {
				s.lost = errors.Is(err, errNotKept)
				return err
			}
			page = s.page
		}
		content, found := contents[s.seq]
		if !found {
			s.lost = true
			return errNotKept
		}
		var err error
		if s.msg, err = decodeMessage(content); err != nil {
			return err
		}
	}
	return nil
}

// overdue lets an attempt fail that took too long. Its request goes on, while
// not too many do: the endpoint may have taken the event and answer late.
func (e *Engine) overdue(f *flight, timeout time.Duration) {
	if f.to.late++; f.to.late > e.cfg.PerDestination {
		f.life.end(nil)
	}
	e.land(f, Outcome{Err: fmt.Errorf("%w within %s", ErrNotAnswered, timeout), Latency: timeout})
}

// answeredLate ends the messages of an attempt that had failed for its
// slowness, unless they are over by now. Event Grid does the same "on best
// effort", within three minutes.
func (e *Engine) answeredLate(f *flight, o Outcome) {
	f.to.late--
	if o.Status == 0 || !f.policy.Success(o.Status) {
		return
	}
	now := time.Now()
	e.learn(f, o, now)
	e.reached(f.to, o, now)
	for _, s := range f.seats {
		r := s.rec
		switch {
		case r.ended():
		case r.state == flying:
			r.answered = true // by this one, whatever the next says
		default:
			r.outcome.Status, r.outcome.Err, r.outcome.Latency, r.outcome.Answer = o.Status, nil, o.Latency, o.Answer
			e.finish(r, Delivered, "answered late")
		}
	}
}
