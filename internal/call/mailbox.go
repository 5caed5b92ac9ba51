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

// sealed is the newest letter of a box that takes no more.
var sealed = new(letter)

// put adds a letter; read runs on the reader's goroutine. It returns false where
// the box takes no more.
func (m *mailbox) put(read func()) bool {
	l := &letter{read: read}
	for {
		l.older = m.newest.Load()
		if l.older == sealed {
			return false
		}
		if m.newest.CompareAndSwap(l.older, l) {
			break
		}
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return true
}

// take empties the box, oldest letter first.
func (m *mailbox) take() []func() { return inOrder(m.newest.Swap(nil)) }

// seal empties the box for the last time.
func (m *mailbox) seal() []func() { return inOrder(m.newest.Swap(sealed)) }

func inOrder(newest *letter) []func() {
	var letters []func()
	for l := newest; l != nil && l != sealed; l = l.older {
		letters = append(letters, l.read)
	}
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return letters
}
