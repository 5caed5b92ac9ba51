package call_test

import (
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
)

// overheard counts the listeners of members that are in a mix: those that were neither
// stopped nor left by their member.
type overheard struct {
	call.Mixes
	mu        sync.Mutex
	listeners map[*int]*overheardMember
}

// overhear starts over with a registry whose listeners are counted.
func (w *world) overhear() *overheard {
	w.Registry = w.remake(false)
	o := &overheard{Mixes: w.config.Mixes, listeners: make(map[*int]*overheardMember)}
	w.config.Mixes = o
	w.Registry = call.NewRegistry(w.config, newPanicFree(w.T))
	return o
}

// count is how many there are.
func (o *overheard) count() int { o.mu.Lock(); defer o.mu.Unlock(); return len(o.listeners) }

// NewMix implements call.Mixes.
func (o *overheard) NewMix(rate int) call.Mix { return overheardMix{o.Mixes.NewMix(rate), o} }

type overheardMix struct {
	call.Mix
	of *overheard
}

func (m overheardMix) Join(p audio.Port) call.Member { return &overheardMember{m.Mix.Join(p), m.of} }

func (m overheardMix) Hear(l audio.Listener, want call.Hearing) (stop func()) {
	if as, ok := want.As.(*overheardMember); ok {
		want.As = as.Member
	}
	return m.Mix.Hear(l, want)
}

type overheardMember struct {
	call.Member
	of *overheard
}

// Hear implements call.Member.
func (m *overheardMember) Hear(l audio.Listener) (stop func()) {
	leave, id := m.Member.Hear(l), new(int)
	m.of.mu.Lock()
	m.of.listeners[id] = m
	m.of.mu.Unlock()
	return func() {
		m.of.mu.Lock()
		delete(m.of.listeners, id)
		m.of.mu.Unlock()
		leave()
	}
}

// Leave implements call.Member.
func (m *overheardMember) Leave() {
	m.of.mu.Lock()
	for id, of := range m.of.listeners {
		if of == m {
			delete(m.of.listeners, id)
		}
	}
	m.of.mu.Unlock()
	m.Member.Leave()
}
