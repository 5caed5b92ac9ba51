package call

import "sync/atomic"

// mailbox takes letters from any goroutine, a shard included, and never blocks:
// putting is one compare-and-swap. One reader takes them in the order of arrival.
type mailbox struct {
	newest atomic.Pointer[letter]
	wake   chan struct{} // holds one token while letters may be waiting
}

type letter struct {
	older *letter
	read  func()
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// put adds a letter; read runs on the reader's goroutine.
func (m *mailbox) put(read func()) {
	l := &letter{read: read}
	for {
		l.older = m.newest.Load()
		if m.newest.CompareAndSwap(l.older, l) {
			break
		}
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take empties the box, oldest letter first.
func (m *mailbox) take() []func() {
	var letters []func()
	for l := m.newest.Swap(nil); l != nil; l = l.older {
		letters = append(letters, l.read)
	}
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return letters
}
