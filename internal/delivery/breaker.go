package delivery

import "time"

// circuit is the state of a circuit breaker:
//
//	closed → open ⇄ halfOpen → closed
//
// Closed, attempts are made. Open, none is until its time has come. Half-open,
// one attempt is under way to find out: it closes the circuit, or opens it for a
// longer time.
type circuit byte

const (
	closed circuit = iota
	open
	halfOpen
)

// breaker is a circuit breaker: it opens after so many failures in a row.
type breaker struct {
	circuit  circuit
	failures int // in a row
	until    time.Time
	interval time.Duration     // of the last opening; 0: it was closed since
	waiting  map[*job]struct{} // are started when it closes
}

// ready says whether an attempt may be made now.
func (b *breaker) ready(now time.Time) bool {
	return b.circuit == closed || b.circuit == open && !now.Before(b.until)
}

// endPause lets an attempt be made from now on.
func (b *breaker) endPause(now time.Time) {
	if b.until.After(now) {
		b.until = now
	}
}

// begin notes that an attempt is made, and reports whether it is the probe: while open,
// the next one is.
func (b *breaker) begin() (probe bool) {
	if probe = b.circuit == open; probe {
		b.circuit = halfOpen
	}
	return probe
}

// cancel notes that an attempt has ended without telling anything.
func (b *breaker) cancel() {
	if b.circuit == halfOpen {
		b.circuit = open
	}
}

// nextTry is when to look again.
func (b *breaker) nextTry(now time.Time) time.Time {
	if b.circuit == halfOpen {
		return later(b.until, now.Add(b.interval))
	}
	return b.until
}

// succeeded closes the circuit and reports whether it was not closed.
func (b *breaker) succeeded() (closedNow bool) {
	closedNow = b.circuit != closed
	b.circuit, b.failures, b.interval = closed, 0, 0
	return closedNow
}

// failed counts a failure and reports whether the circuit opened by it, for the
// time that interval makes of the one before.
func (b *breaker) failed(now time.Time, allowed int, interval func(before time.Duration) time.Duration) (opened bool) {
	b.failures++
	if b.circuit == open || b.failures < allowed {
		return false // a late failure says nothing new
	}
	b.circuit = open
	b.interval = interval(b.interval)
	b.until = now.Add(b.interval)
	return true
}

// wait notes that a message waits for the circuit to close.
func (b *breaker) wait(j *job) {
	if b.waiting == nil {
		b.waiting = map[*job]struct{}{}
	}
	b.waiting[j] = struct{}{}
}

// release returns the messages that waited, to be started in their order.
func (b *breaker) release() []*job {
	due := make([]*job, 0, len(b.waiting))
	for j := range b.waiting {
		due = append(due, j)
	}
	b.waiting = nil
	return due
}
