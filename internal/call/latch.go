package call

import (
	"sync"
	"sync/atomic"
)

// Latch keeps back what is given to it until it is opened, once; from then on everything
// passes. It keeps the order in which one goroutine gives. The zero Latch is shut, a nil one
// is open.
type Latch struct {
	opened atomic.Bool

	mu   sync.Mutex
	kept []func()
}

// Shut reports whether something would be kept back now.
func (l *Latch) Shut() bool { return l != nil && !l.opened.Load() }

// Pass does something: now, or in Open, on the goroutine of that. It must not block.
func (l *Latch) Pass(do func()) {
	if !l.Shut() || !l.keep(do) {
		do()
	}
}

func (l *Latch) keep(do func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened.Load() {
		return false
	}
	l.kept = append(l.kept, do)
	return true
}

// Open does what was kept back. What comes meanwhile is kept as well, and done after it.
func (l *Latch) Open() {
	for kept := l.take(); len(kept) > 0; kept = l.take() {
		for _, do := range kept {
			do()
		}
	}
}

// take returns what is kept back; nothing, and the latch is open.
func (l *Latch) take() []func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.kept
	l.kept = nil
	if len(kept) == 0 {
		l.opened.Store(true)
	}
	return kept
}
