package insight

import (
	"bytes"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// ending is what the detail record of a call says that rules look at.
type ending struct {
	why  call.Reason
	legs []legEnd
}

// legEnd is one stay of a phone or browser in a call, or the attempt to get it in.
type legEnd struct {
	who             string // raw id
	inbound         bool
	answered, ended time.Time // answered is zero where it never was
	why             call.Reason
	wire            call.Wire
}

func (e *ending) code(c *coder) {
	codeReason(c, &e.why)
	n := uint64(len(e.legs))
	if c.unsigned(&n); c.reading {
		if n > uint64(len(c.bytes)) {
			c.damaged = true
			return
		}
		e.legs = make([]legEnd, n)
	}
	for i := range e.legs {
		leg := &e.legs[i]
		c.text(&leg.who)
		c.flag(&leg.inbound)
		c.moment(&leg.answered)
		c.moment(&leg.ended)
		codeReason(c, &leg.why)
		codeWire(c, &leg.wire)
	}
}

// endingOf is what is kept of a detail record: bytes, since most are never read. The caller
// holds mu.
func (h *Hub) endingOf(d *call.Detail) []byte {
	e := ending{why: d.Why, legs: make([]legEnd, 0, 2)}
	for i := range d.Legs {
		leg := &d.Legs[i]
		e.legs = append(e.legs, legEnd{leg.Who.Raw(), leg.Inbound, leg.Answered, leg.Ended, leg.Why, leg.Wire})
	}
	h.coder = coder{bytes: h.coder.bytes[:0]}
	e.code(&h.coder)
	return bytes.Clone(h.coder.bytes)
}

// readEnding reads it again; nil for a call that is not over.
func readEnding(written []byte) *ending {
	if written == nil {
		return nil
	}
	e := &ending{}
	e.code(&coder{bytes: written, reading: true})
	return e
}
