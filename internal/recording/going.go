package recording

import (
	"slices"
)

// list is the recordings that go on.
func (l *Library) list() []*Recording {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.going)
}

func (l *Library) add(r *Recording) {
	l.mu.Lock()
	if len(l.going) == 0 {
		l.idle = make(chan struct{})
	}
	l.going = append(l.going, r)
	l.mu.Unlock()
	l.lookSoon()
}

func (l *Library) remove(r *Recording) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.going = slices.DeleteFunc(l.going, func(other *Recording) bool { return other == r })
	if len(l.going) == 0 {
		close(l.idle)
	}
}

func (l *Library) idleNow() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.idle
}
