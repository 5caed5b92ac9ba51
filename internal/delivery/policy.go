package delivery

import (
	"context"
	"time"
)

// Header takes the header fields of an attempt.
type Header interface{ Set(name, value string) }

// Policy is the set of rules for a kind of message. Messages name it, so that
// those recovered from the journal find it again. The hooks are called from
// several goroutines at once, except Retry, which is called in
// turns of the scheduler and must not block.
type Policy struct {
	// Success says which statuses end a message well.
	Success func(status int) bool
	// Retry says whether an attempt that failed is followed by another, and
	// when. MaxAttempts and TTL bound what it says.
	Retry func(m *Message, o Outcome) (delay time.Duration, again bool)
	// Prepare, if given, sets the headers that are made anew for each attempt
	// (counted from 1), such as a token; of a batch it is given the first
	// message. Its error ends the message, unless it is ErrNotReady.
	Prepare func(ctx context.Context, h Header, m *Message, attempt int) error
	// Undelivered, if given, learns of each message that was given up, unless it
	// was dropped: the place for dead-lettering. The message is forgotten only
	// when those that the hook returns are in the journal.
	Undelivered func(u Undelivered) []Message
	// Moved, if given, says of a message that waits for an attempt that it would go
	// elsewhere if it were posted now. Readdress makes the message that takes its place,
	// or says that there is none any more. Moved must not block.
	Moved     func(m *Message) bool
	Readdress func(m Message, posted time.Time) (Message, bool)
	// Join makes one body of those of a batch; nil takes JoinArrays.
	Join func(bodies [][]byte) []byte

	// HoldLane is how long, from its first attempt, a message that is being
	// retried keeps the next of its lane waiting; later retries go beside.
	HoldLane time.Duration
	// Overlap lets the next of the lane start that long after an attempt that
	// is not answered yet; 0 waits for the answer.
	Overlap time.Duration
	// LastWait bounds how long a Last message waits for its group.
	LastWait time.Duration
	// Timeout bounds one attempt. What is answered well within Late after it
	// counts nevertheless, if the message is not over by then.
	Timeout, Late time.Duration
	// Patient says of which messages no other attempt is made while one is unanswered
	// and its connection lives: the endpoint has the message. An attempt follows if
	// the connection ends, and none if it lives for Timeout and Late. Nil: of none.
	Patient func(m *Message) bool
	// GroupBreaker delays the messages of a group whose deliveries keep failing.
	GroupBreaker GroupBreaker

	// Observer, if given, is told what becomes of the policy's messages.
	Observer Observer

	MaxAttempts int           // for messages that name none; 0: any number
	TTL         time.Duration // for messages that name none; checked before each attempt; 0: for ever
}

// Defaults of what a Policy leaves open.
const (
	defaultTimeout  = 30 * time.Second
	defaultLastWait = 5 * time.Second
)

func (p Policy) withDefaults() *Policy {
	if p.Success == nil {
		p.Success = func(status int) bool { return status >= 200 && status <= 299 }
	}
	if p.Retry == nil {
		p.Retry = func(*Message, Outcome) (time.Duration, bool) { return 0, false }
	}
	if p.Join == nil {
		p.Join = JoinArrays
	}
	if p.LastWait <= 0 {
		p.LastWait = defaultLastWait
	}
	if p.Timeout <= 0 {
		p.Timeout = defaultTimeout
	}
	return &p
}
