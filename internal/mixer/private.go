package mixer

import "github.com/switchhook/switchhook/internal/audio"

// withPrivate adds what a member's private source says to what it hears. own: nobody else
// hears that.
func (m *Mix) withPrivate(w *workspace, mb *Member, private *privateSource, heard audio.Frame) (with audio.Frame, own bool) {
	alone, both := w.alone[:m.samples], w.both[:m.samples]
	switch spoke := m.askPrivate(w, mb, private); {
	case spoke && heard != nil:
		return w.add(both, heard, alone, &mb.limitAll), true
	case spoke:
		return mb.limitAll.Voice(both, alone), true
	case heard == nil:
		mb.limitAll.Silence()
		return nil, false
	}
	own = !mb.limitAll.AtRest() // a private source was loud just now
	return mb.limitAll.Voice(both, heard), own
}

// askPrivate reads a member's private source, if any, and reports whether it says something;
// one that has ended says nothing, and may stay for as long as its member.
func (m *Mix) askPrivate(w *workspace, mb *Member, private *privateSource) (spoke bool) {
	if private == nil {
		return false
	}
	w.asked = private
	spoke = private.ReadFrame(w.alone[:m.samples])
	if m.privateTaps > 0 && spoke && private.told(mb, m.now, m.asideTaps > 0) {
		w.addPrivate(w.alone[:m.samples])
	}
	w.asked = nil
	return spoke
}

// addPrivate notes what a private source says, for those who want to hear it too.
func (w *workspace) addPrivate(said audio.Frame) {
	private := w.private[:len(said)]
	if !w.anyPrivate {
		w.anyPrivate = true
		clear(private)
	}
	for i, sample := range said {
		private[i] += int32(sample)
	}
}
