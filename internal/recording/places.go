package recording

import (
	"slices"

	"github.com/switchhook/switchhook/internal/audio"
)

// places are the channels of an unmixed recording: those that were asked for, then,
// for everybody else, the next free one in the order in which they first speak. Who
// speaks when all are taken has none.
type places struct {
	speakers []*channel // everybody who is heard, in the order of their coming
	taken    [MaxChannels]*channel
	pinned   [MaxChannels]string // raw ids; "": free for anybody
	count    int                 // of the file, so far
	masked   bool                // keys are silent
	total    audio.Total
}

func newPlaces(pinned map[int]string, masked bool) *places {
	p := &places{count: 1, masked: masked}
	for at, who := range pinned {
		p.pinned[at] = who
		p.count = max(p.count, at+1)
	}
	return p
}

// speaker returns the channel of somebody, new where they were not here before.
func (p *places) speaker(who string) *channel {
	for _, s := range p.speakers {
		if s.who == who {
			return s
		}
	}
	s := &channel{who: who}
	if p.masked {
		s.mask = &keyMask{}
	}
	p.speakers = append(p.speakers, s)
	return s
}

// of returns the place of a speaker, -1 for none.
func (p *places) of(s *channel) int {
	for at, other := range p.taken {
		if other == s {
			return at
		}
	}
	return -1
}

// give gives a place to somebody who speaks; -1 where none is left for them.
func (p *places) give(s *channel) int {
	for at, who := range p.pinned {
		if who == s.who {
			return p.seat(at, s)
		}
	}
	for at, other := range p.taken {
		if other == nil && p.pinned[at] == "" {
			return p.seat(at, s)
		}
	}
	return -1
}

func (p *places) seat(at int, s *channel) int {
	p.taken[at] = s
	p.count = max(p.count, at+1)
	return at
}

// awaits reports whether a place was asked for somebody: it is theirs before they speak.
func (p *places) awaits(s *channel) bool { return s.who != "" && slices.Contains(p.pinned[:], s.who) }

// hear gives everybody who has begun to speak their place, and returns what each
// place says at a tick, at the rate of recordings; nil is silence. private is what
// single members are told, which is the application's.
func (p *places) hear(at audio.Tick, private audio.Frame, application string, seated func(who string, place int)) (said [MaxChannels]audio.Frame) {
	for _, s := range p.speakers {
		var and audio.Frame
		if private != nil && s.who == application {
			and = private
		}
		heard := s.hear(at, and)
		place := p.of(s)
		if place < 0 && (heard != nil && speech(heard) || p.awaits(s)) {
			if place = p.give(s); place >= 0 || !s.told {
				seated(s.who, place)
				s.told = true
			}
		}
		if place >= 0 {
			said[place] = s.widen(heard)
		}
	}
	return said
}

// merge returns what everybody says at a tick together; nil is silence. It is heard
// from each of them, so that a key is found behind another voice.
func (p *places) merge(at audio.Tick, private audio.Frame) audio.Frame {
	alone := p.speaker("") // of private sources, whosever
	for _, s := range p.speakers {
		if s == alone {
			p.total.Add(s.widen(private))
			continue
		}
		p.total.Add(s.widen(s.hear(at, nil)))
	}
	return p.total.Take()
}
