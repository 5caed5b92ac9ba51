package call

import (
	"sync"
	"sync/atomic"
)

// Barrier keeps events back until the requests that came before them are answered, in order:
// an application that begins to wait for an event when it has the answer misses none. It
// belongs to a connection or to a recording. A nil Barrier keeps nothing back.
type Barrier struct {
	shut atomic.Bool // something waits

	mu      sync.Mutex
	waiting []step // in order
	busy    bool   // somebody does what waits
}

// step is an answer that is waited for, or what follows it.
type step struct {
	answered *bool  // nil where there is something to do
	do       func() // nil where an answer is waited for
}

// Await keeps back what is passed from now on, until answered is called, once.
func (b *Barrier) Await() (answered func()) {
	if b == nil {
		return func() {}
	}
	done := new(bool)
	b.mu.Lock()
	b.waiting = append(b.waiting, step{answered: done})
	b.shut.Store(true)
	b.mu.Unlock()
	return func() {
		b.mu.Lock()
		*done = true
		b.mu.Unlock()
		for do := b.next(false); do != nil; do = b.next(true) {
			do()
		}
	}
}

// Shut reports whether something would be kept back now.
func (b *Barrier) Shut() bool { return b != nil && b.shut.Load() }

// Pass does something: now, or when all is answered that was awaited before, on the goroutine
// of that. It must not block. It keeps the order of what is passed one after the other.
func (b *Barrier) Pass(do func()) {
	if !b.Shut() || !b.keep(do) {
		do()
	}
}

func (b *Barrier) keep(do func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 && !b.busy {
		return false
	}
	b.waiting = append(b.waiting, step{do: do})
	return true
}

// next takes what may be done; nil: nothing, or somebody else does it. mine: the caller has
// done what it took before.
func (b *Barrier) next(mine bool) (do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy && !mine {
		return nil
	}
	b.busy = false
	for len(b.waiting) > 0 {
		first := b.waiting[0]
		if first.do == nil && !*first.answered {
			return nil
		}
		b.waiting[0] = step{}
		b.waiting = b.waiting[1:]
		if first.do != nil {
			b.busy = true
			return first.do
		}
	}
	b.waiting = nil
	b.shut.Store(false)
	return nil
}
