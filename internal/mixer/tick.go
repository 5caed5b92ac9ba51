package mixer

import (
	"math"

	"github.com/switchhook/switchhook/internal/audio"
)

// workspace holds what one tick of one mix computes. A shard has one for all.
type workspace struct {
	total  [maxSamples]int32 // all who speak
	common [maxSamples]int16 // total, clipped: what those hear who do not speak
	own    [maxSamples]int16 // total without one speaker
	alone  [maxSamples]int16 // what a private source says
	both   [maxSamples]int16 // what is heard, with the private source
	edge   [maxSamples]int16 // what is heard as a hold begins or ends

	private    [maxSamples]int32 // all that private sources say, where a listener wants it
	anyPrivate bool              // private is not silence

	speakers  int
	last      [2]*Member // the first two who speak
	summed    bool
	published bool           // common is current
	asked     *privateSource // whose ReadFrame runs, for a panic's sake
}

// tick moves one frame from everybody to everybody else.
func (m *Mix) tick(w *workspace) {
	m.read(w)
	for _, mb := range m.members {
		m.at = mb
		// Once for all that follows: what is treated as common must be what everybody hears.
		held, private := mb.held.Load(), mb.private.Load()
		heard, faded := m.heardBy(w, mb, held)
		heard, own := m.withPrivate(w, mb, private, heard)
		if m.shares(mb) && !held && !faded && !own {
			mb.common.WriteCommon(heard, &m.common, m.now)
		} else {
			mb.port.WriteFrame(heard)
		}
		if mb.shadows > 0 {
			m.shadow(mb, heard)
		}
	}
	m.at = nil
	if len(m.taps) > 0 {
		m.tell(w)
	}
}

// read asks every port for its frame, also those that will not be heard: their
// sockets must be drained and their tones noticed.
func (m *Mix) read(w *workspace) {
	w.speakers, w.summed, w.published, w.anyPrivate = 0, false, false, false
	for _, mb := range m.members {
		m.at = mb
		spoke := mb.port.ReadFrame(mb.said[:m.samples])
		audible := !mb.muted.Load() && !mb.held.Load()
		before := mb.heard.become(audible)
		if mb.spoke = spoke && (audible || before); mb.spoke && audible != before {
			fade(mb.said[:m.samples], audible)
		}
		if mb.spoke {
			if w.speakers < len(w.last) {
				w.last[w.speakers] = mb
			}
			w.speakers++
		}
	}
}

// heardBy returns what a member hears of the others, nil for silence. faded: nobody else
// hears that, since its hold begins or ends.
func (m *Mix) heardBy(w *workspace, mb *Member, held bool) (heard audio.Frame, faded bool) {
	before := mb.hears.become(!held)
	if held && !before {
		return nil, false
	}
	heard = m.voices(w, mb)
	if heard == nil || before == !held {
		return heard, false
	}
	edge := w.edge[:copy(w.edge[:], heard)]
	fade(edge, !held)
	return edge, true
}

// fewest is the size of a mix from which on what several members hear alike is worth
// doing once for them.
const fewest = 4

// shares reports whether a member hears what all hear who do not speak, unless it is held
// or hears something of its own.
func (m *Mix) shares(mb *Member) bool {
	return mb.common != nil && len(m.members) >= fewest && !mb.spoke
}

// voices returns what everybody says, nil for silence, but one member, if mb is
// not nil. Silence and a single voice, which is every call of two, cost no
// arithmetic; those who do not speak themselves share one frame.
func (m *Mix) voices(w *workspace, mb *Member) audio.Frame {
	own := mb != nil && mb.spoke
	voices := w.speakers
	if own {
		voices--
	}
	switch {
	case voices == 0:
		return nil
	case voices == 1 && w.last[0] != mb:
		return w.last[0].said[:m.samples]
	case voices == 1:
		return w.last[1].said[:m.samples]
	}
	m.sum(w)
	if own {
		return subtract(w.own[:m.samples], w.total[:m.samples], mb.said[:m.samples])
	}
	if !w.published {
		clip(w.common[:m.samples], w.total[:m.samples])
		w.published = true
	}
	return w.common[:m.samples]
}

// sum adds all who speak, once a tick.
func (m *Mix) sum(w *workspace) {
	if w.summed {
		return
	}
	w.summed = true
	total := w.total[:m.samples]
	clear(total)
	for _, mb := range m.members {
		if !mb.spoke {
			continue
		}
		said := mb.said[:len(total)]
		for i, sample := range said {
			total[i] += int32(sample)
		}
	}
}

// withPrivate adds what a member's private source says to what it hears. own: it says something;
// one that has ended says nothing, and may stay for as long as its member.
func (m *Mix) withPrivate(w *workspace, mb *Member, private *privateSource, heard audio.Frame) (with audio.Frame, own bool) {
	w.asked = private
	if w.asked == nil {
		return heard, false
	}
	spoke := w.asked.ReadFrame(w.alone[:m.samples])
	told := m.privateTaps > 0 && spoke && w.asked.told(mb, m.now, m.asideTaps > 0)
	w.asked = nil
	if !spoke {
		return heard, false
	}
	if told {
		w.addPrivate(w.alone[:m.samples])
	}
	if heard == nil {
		return w.alone[:m.samples], true
	}
	both, alone := w.both[:len(heard)], w.alone[:len(heard)]
	for i, sample := range heard {
		both[i] = clipped(int32(sample) + int32(alone[i]))
	}
	return both, true
}

func subtract(dst []int16, total []int32, said []int16) audio.Frame {
	total, said = total[:len(dst)], said[:len(dst)]
	for i := range dst {
		dst[i] = clipped(total[i] - int32(said[i]))
	}
	return dst
}

func clip(dst []int16, total []int32) {
	total = total[:len(dst)]
	for i := range dst {
		dst[i] = clipped(total[i])
	}
}

func clipped(sample int32) int16 {
	return int16(min(max(sample, math.MinInt16), math.MaxInt16))
}
