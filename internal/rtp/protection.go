package rtp

import "github.com/switchhook/switchhook/internal/codec"

// How much of what we send must be lost, by the peer's reports, for redundancy to be worth
// its bits and its time, and for how many reports it must not be for it to end.
const (
	worthProtecting = 2  // per cent
	usualProtection = 10 // per cent, of a peer that has not reported yet
	cleanReports    = 3
)

// protection is how much loss our packets are protected against (RFC 7587 §3.3: the
// encoder decides, by what it hears of losses). A peer that never reports keeps the
// protection that it asked for.
type protection struct {
	reported bool
	lost     int // per cent
	clean    int // reports in a row without loss to speak of
}

// hear takes what a report says: the share that was lost since the last one, of 256.
func (p *protection) hear(fraction uint8) {
	lost := int(fraction) * 100 / 256
	switch {
	case lost > worthProtecting:
		p.lost, p.clean = lost, 0
	case !p.reported:
		p.clean = cleanReports
	default:
		p.clean++
	}
	if p.reported = true; p.clean >= cleanReports {
		p.lost = 0
	}
}

// wanted is how many per cent of loss to protect against.
func (p *protection) wanted() int {
	if !p.reported {
		return usualProtection
	}
	return p.lost
}

// protectedEncoder is an encoder with the protection that it was told last.
type protectedEncoder struct {
	codec.Encoder
	able codec.Protecting // it, if it can protect and the peer wants that; nil: not
	lost int
}

// newProtectedEncoder lets an encoder heed a peer's wishes.
func newProtectedEncoder(e codec.Encoder, wishes codec.Wishes) protectedEncoder {
	if configurable, ok := e.(codec.Configurable); ok {
		configurable.Configure(wishes)
	}
	made := protectedEncoder{Encoder: e, lost: usualProtection}
	if wishes.Redundant {
		made.able, _ = e.(codec.Protecting)
	}
	return made
}

// protect tells the encoder of losses.
func (e *protectedEncoder) protect(lost int) {
	if e.able != nil && lost != e.lost {
		e.able.Protect(lost)
		e.lost = lost
	}
}

// rest lets an encoder that can do without its memory give that up until the next frame.
func (e *protectedEncoder) rest() {
	if suspendable, can := e.Encoder.(codec.Suspendable); can {
		suspendable.Suspend()
	}
}
