package delivery

import (
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// Observer is told what becomes of the messages of a policy: the publisher's own
// metrics and logs. Its methods must not block. They are called in
// turns of the scheduler, but Ended also by Post.
type Observer interface {
	// Accepted tells that a message is on disk, took after it was posted.
	Accepted(m *Message, took time.Duration)
	// Attempted tells that an attempt has ended, for each message of it.
	Attempted(t Attempted)
	// Ended tells what became of a message, and why.
	Ended(m *Message, how history.Result, why string)
	// Forgotten tells that ForgetSubscription has dropped a group.
	Forgotten(group string)
}

// Attempted is an attempt as its Observer sees it.
type Attempted struct {
	Message  *Message // its body may be nil after the call
	Sequence uint64   // the message's number in the journal
	Size     int      // of the body
	Posted   time.Time
	Outcome  Outcome
	Success  bool
	// CircuitOpen tells that the group's circuit breaker is open after the attempt,
	// CircuitOpened how often it opened since the last success.
	CircuitOpen   bool
	CircuitOpened int
	// Dropped tells that the group was forgotten while the attempt was under way.
	Dropped bool
}

// observerOf is the observer of a message's policy; nil: there is none.
func (e *Engine) observerOf(m *Message) Observer {
	if policy := e.policies[m.Policy]; policy != nil {
		return policy.Observer
	}
	return nil
}
