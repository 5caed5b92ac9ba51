package sip

import "sync"

// maxOffered bounds what the wire may leave in a mailbox.
const maxOffered = 64

// mailbox hands work to a leg's goroutine. It never blocks.
type mailbox struct {
	wake chan struct{}

	mu      sync.Mutex
	queue   []func()
	offered int
	closed  bool
}

func newMailbox() mailbox { return mailbox{wake: make(chan struct{}, 1)} }

// put leaves work of our own. It returns false, and drops the work, once the
// leg is gone.
func (m *mailbox) put(do func()) bool {
	m.mu.Lock()
	open := !m.closed
	if open {
		m.queue = append(m.queue, do)
	}
	m.mu.Unlock()
	m.ring()
	return open
}

// offer leaves work that came from the wire, unless too much of it waits. It
// returns false where it does, or the leg is gone.
func (m *mailbox) offer(do func()) bool {
	m.mu.Lock()
	ok := !m.closed && m.offered < maxOffered
	if ok {
		m.queue = append(m.queue, do)
		m.offered++
	}
	m.mu.Unlock()
	m.ring()
	return ok
}

func (m *mailbox) ring() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take returns all work, in order.
func (m *mailbox) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	queue := m.queue
	m.queue, m.offered = nil, 0
	return queue
}

// close refuses more work and returns what is left.
func (m *mailbox) close() []func() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	return m.take()
}
