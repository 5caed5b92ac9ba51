package delivery

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Undelivered is a message that was given up.
type Undelivered struct {
	Message     Message // its Body and Header may be nil where it has no DeadLetter
	Result      Result  // Failed or Expired
	Reason      string  // such as MaxDeliveryAttemptsExceeded
	Outcome     Outcome // of the last attempt; Attempt counts those made
	Name        string  // of that outcome; Probation if the subscription's probation kept it from another attempt
	Posted      time.Time
	LastAttempt time.Time // zero if none was made
}

// undertaker hands what was given up to the policies, in a goroutine of its
// own: bodies may have to be read from the journal, and whatever takes a
// message's place has to be in the journal before that message may leave it.
type undertaker struct {
	mu      sync.Mutex
	waiting []burial
	wake    chan struct{}
	closed  bool
}

// burial is a message that parts, and where its body was when it was given up.
type burial struct {
	rec  *record
	seq  uint64
	page uint64 // 0: the body is in the message
	hook func(Undelivered) []Message
	what Undelivered
}

func newUndertaker() *undertaker { return &undertaker{wake: make(chan struct{}, 1)} }

// bury has the policy told of a message that was given up, and reports whether
// the message has to wait for that.
func (e *Engine) bury(r *record, how Result, why string) bool {
	if how == Dropped || r.policy == nil || r.policy.Undelivered == nil || r.home == nil {
		return false
	}
	u := Undelivered{
		Message: r.msg, Result: how, Reason: why, Outcome: r.outcome, Name: r.outcome.Name(),
		Posted: r.posted, LastAttempt: r.started,
	}
	u.Outcome.Attempt = r.attempts
	if r.detained {
		u.Name = NameProbation
	}
	b := burial{rec: r, seq: r.seq, hook: r.policy.Undelivered, what: u}
	if r.bodyAway && r.msg.DeadLetter != "" {
		b.page = r.home.number
	}
	r.state = parting
	e.undertaker.put(b)
	return true
}

func (u *undertaker) put(b burial) {
	u.mu.Lock()
	u.waiting = append(u.waiting, b)
	u.mu.Unlock()
	u.poke()
}

func (u *undertaker) poke() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// take waits for burials, a turn at most; none once it is closed and empty.
func (u *undertaker) take() []burial {
	for {
		u.mu.Lock()
		if n := min(turn, len(u.waiting)); n > 0 {
			some := u.waiting[:n:n]
			if u.waiting = u.waiting[n:]; len(u.waiting) == 0 {
				u.waiting = nil
			}
			u.mu.Unlock()
			return some
		}
		closed := u.closed
		u.mu.Unlock()
		if closed {
			return nil
		}
		<-u.wake
	}
}

func (u *undertaker) close() {
	u.mu.Lock()
	u.closed = true
	u.mu.Unlock()
	u.poke()
}

func (u *undertaker) isClosed() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.closed
}

// buryAll is the undertaker's goroutine. When the engine stops and the journal
// refuses, what is left stays in the journal and is given up anew by the next
// process.
func (e *Engine) buryAll() {
	for {
		some := e.undertaker.take()
		if some == nil {
			return
		}
		var heirs []Message
		for i := range some {
			e.exhume(&some[i])
			heirs = append(heirs, some[i].hook(some[i].what)...)
		}
		e.post(heirs, e.refuseHeir)
		if len(heirs) > 0 && !e.flushPatiently() {
			return
		}
		e.tell(func() {
			for _, b := range some {
				b.rec.state = over
				b.rec.msg.Body, b.rec.msg.Header = nil, nil
				e.settle(b.rec)
			}
		})
	}
}

// exhume reads the body of a message from the journal. It may move to another
// page in the meantime.
func (e *Engine) exhume(b *burial) {
	for wait := firstRewait; b.page != 0; wait = min(2*wait, longestRewait) {
		content, err := e.contentOf(e.writing, b.page, b.seq)
		if err == nil {
			if m, err := decodeMessage(content); err == nil {
				b.what.Message = m
				return
			}
		}
		if errors.Is(err, errNotKept) {
			before := b.page
			e.ask(func() { b.page = b.rec.home.number })
			if b.page != before {
				continue
			}
		}
		e.log.Error("body of an undelivered event cannot be read", "id", b.what.Message.ID, "error", err)
		if errors.Is(err, errNotKept) || e.undertaker.isClosed() || !pause(e.writing, wait) {
			return
		}
	}
}

// flushPatiently waits until what was posted is in the journal. It reports
// false if that cannot be any more.
func (e *Engine) flushPatiently() bool {
	for {
		if err := e.queue.flush(e.writing); err == nil {
			return true
		}
		if e.undertaker.isClosed() || !pause(e.writing, firstRewait) {
			return false
		}
	}
}

// pause waits, and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
