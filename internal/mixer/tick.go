package mixer

import (
	"github.com/switchhook/switchhook/internal/audio"
)

// workspace holds what one tick of one mix computes. A shard has one for all.
type workspace struct {
	total  [maxSamples]int32 // all who speak
	common [maxSamples]int16 // total, limited: what those hear who do not speak
	own    [maxSamples]int16 // total without one speaker, or limited for one
	alone  [maxSamples]int16 // what a private source says
	both   [maxSamples]int16 // what is heard, with the private source
	wide   [maxSamples]int32 // own or both, before it is limited
	edge   [maxSamples]int16 // what is heard as a hold begins or ends

	private    [maxSamples]int32 // all that private sources say, where a listener wants it
	anyPrivate bool              // private is not silence

	speakers  int
	last      [2]*Member // the first two who speak
	summed    bool
	published bool           // shared is current
	shared    audio.Frame    // what those hear who do not speak; nil: silence
	before    audio.Limiter  // the mix's, before this tick
	asked     *privateSource // whose ReadFrame runs, for a panic's sake
}

// tick moves one frame from everybody to everybody else.
func (m *Mix) tick(w *workspace) {
	m.read(w)
	for _, mb := range m.members {
		m.at = mb
		// Once for all that follows: what is treated as common must be what everybody hears.
		held, private := mb.held.Load(), mb.private.Load()
		heard, apart := m.heardBy(w, mb, held)
		own := false
		if private != nil || !mb.limitAll.AtRest() {
			heard, own = m.withPrivate(w, mb, private, heard)
		}
		if m.shares(mb) && !held && !apart && !own {
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

// heardBy returns what a member hears of the others, nil for silence. apart: nobody else
// hears that, since its hold begins or ends, or its limiter has another gain.
func (m *Mix) heardBy(w *workspace, mb *Member, held bool) (heard audio.Frame, apart bool) {
	before := mb.hears.become(!held)
	if held && !before {
		mb.limit.Silence()
		return nil, false
	}
	heard, apart = m.voicesFor(w, mb)
	if heard == nil || before == !held {
		return heard, apart
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

// voicesFor returns what a member hears of the others if it is not held, nil for silence.
// Silence and a single voice, which is every call of two, cost no arithmetic; those who do
// not speak themselves share one frame, unless they have just heard something else, and
// their limiters differ (apart).
func (m *Mix) voicesFor(w *workspace, mb *Member) (heard audio.Frame, apart bool) {
	if mb.spoke {
		return m.withoutOne(w, mb), true
	}
	heard = m.everybody(w, mb.limit)
	if mb.limit != w.before {
		return m.limited(w, w.own[:m.samples], &mb.limit), true
	}
	mb.limit = m.limit
	return heard, false
}

// withoutOne returns what the others say beside a member who speaks.
func (m *Mix) withoutOne(w *workspace, mb *Member) audio.Frame {
	switch w.speakers - 1 {
	case 0:
		mb.limit.Silence()
		return nil
	case 1:
		other := w.last[0]
		if other == mb {
			other = w.last[1]
		}
		return mb.limit.Voice(w.own[:m.samples], other.said[:m.samples])
	}
	m.sum(w)
	return w.subtract(w.own[:m.samples], mb.said[:m.samples], &mb.limit)
}

// everybody returns what all say who speak, nil for silence: once a tick for all who share
// it. Where nobody heard that at the last tick, its gain goes on from the one given.
func (m *Mix) everybody(w *workspace, gain audio.Limiter) audio.Frame {
	if w.published {
		return w.shared
	}
	if m.limitedAt+1 != m.now {
		m.limit = gain
	}
	w.published, w.before, m.limitedAt = true, m.limit, m.now
	w.shared = m.limited(w, w.common[:m.samples], &m.limit)
	return w.shared
}

// limited returns what all say who speak as one limiter lets it through.
func (m *Mix) limited(w *workspace, room audio.Frame, limit *audio.Limiter) audio.Frame {
	switch w.speakers {
	case 0:
		limit.Silence()
		return nil
	case 1:
		return limit.Voice(room, w.last[0].said[:m.samples])
	}
	m.sum(w)
	limit.Sum(room, w.total[:m.samples])
	return room
}
