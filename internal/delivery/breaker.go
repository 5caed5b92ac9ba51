package delivery

import "time"

// breaker leaves something alone that keeps failing: after so many failures in
// a row it opens for an interval; then one probe may pass, which closes it or
// opens it for a longer one.
type breaker struct {
	failures int // in a row
	until    time.Time
	interval time.Duration // while open; 0: closed
	probing  bool
	resting  map[*record]struct{} // rest because it is open; they are started when it closes
}

// ready says whether an attempt may be made now.
func (b *breaker) ready(now time.Time) bool {
	return b.interval == 0 || !b.probing && !now.Before(b.until)
}

// pass notes that an attempt is made; while open it is the probe.
func (b *breaker) pass() { b.probing = b.interval > 0 }

// wake is when to look again.
func (b *breaker) wake(now time.Time) time.Time {
	if b.probing {
		return later(b.until, now.Add(b.interval))
	}
	return b.until
}

// succeeded closes the breaker and reports whether it was open.
func (b *breaker) succeeded() (closed bool) {
	closed = b.interval > 0
	b.failures, b.interval, b.probing = 0, 0, false
	return closed
}

// failed counts a failure and reports whether the breaker opened by it, for
// the time that interval makes of the one before.
func (b *breaker) failed(now time.Time, allowed int, interval func(before time.Duration) time.Duration) (opened bool) {
	b.failures++
	if b.interval > 0 && !b.probing || b.failures < allowed {
		return false // already open: a late failure says nothing new
	}
	b.probing = false
	b.interval = interval(b.interval)
	b.until = now.Add(b.interval)
	return true
}

// rest notes that a message waits for the breaker to close.
func (b *breaker) rest(r *record) {
	if b.resting == nil {
		b.resting = map[*record]struct{}{}
	}
	b.resting[r] = struct{}{}
}

// release returns the messages that waited, to be started in their order.
func (b *breaker) release() []*record {
	due := make([]*record, 0, len(b.resting))
	for r := range b.resting {
		due = append(due, r)
	}
	b.resting = nil
	return due
}
