package delivery

import (
	"errors"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/inbox"
)

// Undelivered is a message that was given up.
type Undelivered struct {
	Message     Message        // its Body and Header may be nil where it has no DeadLetter
	Result      history.Result // Failed or Expired
	Reason      string         // such as MaxDeliveryAttemptsExceeded
	Outcome     Outcome        // of the last attempt; Attempt counts those made
	CircuitOpen bool           // the group's open circuit kept it from another attempt
	Posted      time.Time
	LastAttempt time.Time // zero if none was made
}

// undeliveredQueue holds what was given up until the policies' hooks have been
// told, in a goroutine of its own: bodies may have to be read from the journal,
// and a dead letter has to be in the journal before its message may leave it.
type undeliveredQueue struct {
	mu      sync.Mutex
	waiting []handover
	wake    inbox.Signal
	closed  bool
}

// handover is a message that was given up, and where its body was then.
type handover struct {
	job  *job
	seq  uint64
	page uint64 // 0: the body is in the message
	hook func(Undelivered) []Message
	what Undelivered
}

func newUndeliveredQueue() *undeliveredQueue { return &undeliveredQueue{wake: inbox.NewSignal()} }

// handOver queues a message that was given up for its policy's hook, and reports
// whether it has to wait for that.
func (e *Engine) handOver(j *job, how history.Result, why string) bool {
	if how == history.Dropped || j.policy == nil || j.policy.Undelivered == nil || j.Page() == 0 {
		return false
	}
	u := Undelivered{
		Message: j.msg, Result: how, Reason: why, Outcome: j.outcome, CircuitOpen: j.heldBack,
		Posted: j.Posted, LastAttempt: j.started,
	}
	u.Outcome.Attempt = j.Attempts
	e.hand(j, u, j.msg.DeadLetter != "", j.policy.Undelivered)
	return true
}

// hand queues a message for a hook that gives what takes its place, with its body if that
// is wanted.
func (e *Engine) hand(j *job, u Undelivered, wantsBody bool, hook func(Undelivered) []Message) {
	b := handover{job: j, seq: j.Seq, hook: hook, what: u}
	if j.Away && wantsBody {
		b.page = j.Page()
	}
	j.state = undelivered
	e.undeliverable.put(b)
}

func (u *undeliveredQueue) put(b handover) {
	u.mu.Lock()
	u.waiting = append(u.waiting, b)
	u.mu.Unlock()
	u.wake.Set()
}

// take waits for messages, maxPerTurn at most; none once it is closed and empty.
func (u *undeliveredQueue) take() []handover {
	for {
		u.mu.Lock()
		if n := min(maxPerTurn, len(u.waiting)); n > 0 {
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

func (u *undeliveredQueue) close() {
	u.mu.Lock()
	u.closed = true
	u.mu.Unlock()
	u.wake.Set()
}

func (u *undeliveredQueue) isClosed() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.closed
}

// handOverAll tells the hooks. When the engine stops and the journal
// refuses, what is left stays in the journal and is given up anew by the next
// process.
func (e *Engine) handOverAll() {
	for {
		some := e.undeliverable.take()
		if some == nil {
			return
		}
		var replacements []Message
		for i := range some {
			e.loadUndelivered(&some[i])
			replacements = append(replacements, some[i].hook(some[i].what)...)
		}
		e.post(replacements, e.refuseReplacement)
		if len(replacements) > 0 && !e.flushPatiently() {
			return
		}
		e.inTurn(func() {
			for _, b := range some {
				b.job.state = done
				b.job.msg.Body, b.job.msg.Header = nil, nil
				e.journal.End(&b.job.Record)
			}
		})
	}
}

// readRetry is how long it takes until a body is asked for again.
var readRetry = backoff.Exponential{First: 100 * time.Millisecond, Longest: 5 * time.Second}

// readTries is how often a body is asked for that is damaged. It may be read once the journal
// has been written again, where a sync has failed.
const readTries = 6

// loadUndelivered reads the body of a message from the journal. It may move to another
// page in the meantime. One that cannot be read must not keep those behind it for ever: its
// hook is told without it.
func (e *Engine) loadUndelivered(b *handover) {
	for failures := 1; b.page != 0; failures++ {
		contents, err := e.journal.Contents(e.writing, b.page)
		content, found := contents[b.seq]
		if err == nil && !found {
			err = journal.ErrNotKept
		}
		if err == nil {
			var m Message
			if err = m.decode(content.Encoded, content.Format); err == nil {
				b.what.Message = m
				return
			}
		}
		if errors.Is(err, journal.ErrNotKept) {
			before := b.page
			e.inTurn(func() { b.page = b.job.Page() })
			if b.page != before {
				continue
			}
		}
		e.log.Error("body of an undelivered event cannot be read", "id", b.what.Message.ID, "error", err)
		lost := errors.Is(err, journal.ErrNotKept) || errors.Is(err, journal.ErrDamaged) && failures >= readTries && e.journal.Failure() == nil
		if lost || e.undeliverable.isClosed() || !backoff.Wait(e.writing, readRetry.Delay(failures)) {
			return
		}
	}
}

// flushPatiently waits until what was posted is in the journal. It reports
// false if that cannot be any more.
func (e *Engine) flushPatiently() bool {
	for {
		if err := e.journal.Flush(e.writing); err == nil {
			return true
		}
		if e.undeliverable.isClosed() || !backoff.Wait(e.writing, readRetry.First) {
			return false
		}
	}
}
