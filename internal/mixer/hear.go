package mixer

import (
	"io"
	"runtime/debug"

	"github.com/switchhook/switchhook/internal/audio"
)

// Hearing is what a listener of a whole mix wants to hear of it.
type Hearing struct {
	Private   bool    // also what private sources say to single members
	Asides    bool    // with Private: what such a source calls an aside (Aside() bool) as well, which all listeners of the mix then hear
	Voiceless bool    // nothing of what members say
	As        *Member // it hears what this member hears, what only that one hears included; nil: it hears everybody
}

// tap is a listener's place beside a mix.
type tap struct {
	mix      *Mix
	listener audio.Listener
	of       *Member // nil: of the whole mix, as want says
	want     Hearing

	// The shard's own.
	in    bool
	limit audio.Limiter // where it hears private sources as well
}

// Hear lets a listener hear what this member says from the next tick on, as the
// others would: nil while it is muted, on hold or silent. Stop ends it at the next
// tick, from any goroutine. When the listener has heard its last frame, since it
// was stopped, the member has left or the mix is over, the shard closes it if it
// is an io.Closer. A listener that panics is removed.
func (mb *Member) Hear(l audio.Listener) (stop func()) {
	return mb.mix.attach(&tap{mix: mb.mix, listener: l, of: mb})
}

// Hear lets a listener hear the whole mix, as Member.Hear does for one member. All
// listeners of a mix get the same tick's frames with the same stamp. A mix that
// has listeners goes on without members, silent.
func (m *Mix) Hear(l audio.Listener, want Hearing) (stop func()) {
	return m.attach(&tap{mix: m, listener: l, want: want})
}

func (m *Mix) attach(t *tap) (stop func()) {
	if !m.shard.commands.Put(command{do: func(s *shard) { s.attach(t) }}) {
		if closer, ok := t.listener.(io.Closer); ok {
			_ = closer.Close() // no shard is left to do it, nor to mind
		}
	}
	return func() { m.shard.commands.Put(command{do: func(s *shard) { s.detach(t) }}) }
}

// attach adds a listener.
func (s *shard) attach(t *tap) {
	m := t.mix
	if m.over || s.ended || t.of != nil && !t.of.in {
		s.closeListener(t)
		return
	}
	t.in = true
	m.taps = append(m.taps, t)
	m.count(t, 1)
	s.schedule(m)
}

// detach removes a listener and closes it. It does nothing the second time.
func (s *shard) detach(t *tap) {
	m := t.mix
	if !t.in {
		return
	}
	t.in = false
	m.taps = without(m.taps, t)
	m.count(t, -1)
	s.schedule(m)
	s.closeListener(t)
}

// count notes what a listener wants, or no longer does.
func (m *Mix) count(t *tap, more int) {
	if t.want.As != nil {
		t.want.As.shadows += more
	}
	if t.want.Private {
		m.privateTaps += more
		if t.want.Asides {
			m.asideTaps += more
		}
	}
}

// detachAll removes the listeners of one member; of the mix and everybody, if mb
// is nil.
func (s *shard) detachAll(m *Mix, mb *Member) {
	for i := len(m.taps) - 1; i >= 0; i-- {
		if mb == nil || m.taps[i].of == mb {
			s.detach(m.taps[i])
		}
	}
}

func (s *shard) closeListener(t *tap) { s.closeOne(t.listener) }

// closeOne closes what has left a mix, if it is an io.Closer.
func (s *shard) closeOne(gone any) {
	defer func() {
		if cause := recover(); cause != nil {
			s.engine.panicked(cause, debug.Stack())
		}
	}()
	if closer, ok := gone.(io.Closer); ok {
		if err := closer.Close(); err != nil {
			s.engine.closeFailed(err)
		}
	}
}

// shadow gives those who hear what a member hears the frame of this tick.
func (m *Mix) shadow(mb *Member, heard audio.Frame) {
	for _, t := range m.taps {
		if t.want.As == mb {
			m.telling = t
			t.listener.HearFrame(m.now, heard)
		}
	}
	m.telling = nil
}

// tell gives the other listeners the frame of this tick, once everybody has been heard.
func (m *Mix) tell(w *workspace) {
	for _, t := range m.taps {
		if t.want.As != nil && t.want.As.in {
			continue
		}
		m.telling = t
		t.listener.HearFrame(m.now, m.heardThrough(w, t))
	}
	m.telling = nil
}

// heardThrough returns what a listener hears, nil for silence.
func (m *Mix) heardThrough(w *workspace, t *tap) audio.Frame {
	switch {
	case t.of != nil && t.of.spoke:
		return t.of.said[:m.samples]
	case t.of != nil:
		return nil
	}
	var heard audio.Frame
	if !t.want.Voiceless {
		heard = m.everybody(w, audio.Limiter{})
	}
	if t.want.Private {
		return m.andPrivate(w, t, heard)
	}
	return heard
}

// andPrivate adds what private sources say to what a listener hears.
func (m *Mix) andPrivate(w *workspace, t *tap, heard audio.Frame) audio.Frame {
	both, private := w.both[:m.samples], w.private[:m.samples]
	switch {
	case w.anyPrivate && heard != nil:
		wide := w.wide[:m.samples]
		for i, sample := range heard {
			wide[i] = private[i] + int32(sample)
		}
		t.limit.Sum(both, wide)
		return both
	case w.anyPrivate:
		t.limit.Sum(both, private)
		return both
	case heard != nil:
		return t.limit.Voice(both, heard)
	}
	t.limit.Silence()
	return nil
}
