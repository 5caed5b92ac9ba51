package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// An attended transfer: a phone talks to some people in one call and to others in
// a second one, and wants them to go on without it. Each call stays what it is
// for its application; a pipe between them takes the phone's place in both.

// pipeOffer is news for the phone's endpoint in the second call: one end of the
// pipe wants its place.
type pipeOffer struct {
	from  *Call
	who   identifier.ID // who speaks through the pipe there
	name  string
	end   *hairpin
	reply func(pipeReply) // in a turn of the first call
}

func (pipeOffer) report() {}

// pipeReply is the second call's answer to a pipeOffer.
type pipeReply struct {
	by      *Call
	who     identifier.ID // who speaks through the pipe here
	name    string
	refused *Reason // nil: the end has its place
}

// offerPipe asks the second call to take one end of a pipe.
func (c *Call) offerPipe(e *endpoint, want TransferWanted) {
	who, name := c.speaksFor(e)
	transferee := c.opposite(e)
	here := &endpoint{call: c, place: inOtherCall, began: time.Now(), join: &join{
		up: func(target *endpoint) {
			c.replaced(e, want)
			transferee.handedTo(target)
		},
		down: func(_ *endpoint, why Reason) { e.stay(); want.Tell(Referral{ReferralFailed, why}) },
	}}
	near, far := newHairpin(here.report)
	here.leg = near
	release := c.keep()
	e.enter(handingOver)
	offered := want.Other(pipeOffer{from: c, who: who, name: name, end: far, reply: func(r pipeReply) {
		release()
		here.peer = r.by
		c.pipeAnswered(here, r)
	}})
	if !offered {
		release()
		e.stay()
		want.Tell(Referral{ReferralFailed, Reason{Kind: NotFound, Text: "the other call of the phone is over"}})
	}
}

// pipeAnswered is the second call's answer.
func (c *Call) pipeAnswered(here *endpoint, r pipeReply) {
	switch {
	case here.stage == gone:
		return
	case r.refused != nil:
		here.join.down(nil, *r.refused)
		return
	}
	here.id, here.name = r.who, r.name
	c.endpoints = append(c.endpoints, here)
	if c.ended {
		here.join = nil
		here.end(Reason{Kind: EndedByPeer, Text: "the call ended meanwhile"})
		return
	}
	here.leg.Answer()
}

// takePipe gives a phone's place in this call to the end of a pipe.
func (e *endpoint) takePipe(offer pipeOffer) {
	c := e.call
	if e.stage != present || c.ended || c.echo != nil || c.kind == room || c == offer.from || c.hasPipeTo(offer.from) {
		text := "the phone's other call is not one that could be joined"
		offer.from.post(func() { offer.reply(pipeReply{by: c, refused: &Reason{Kind: NotFound, Text: text}}) })
		return
	}
	who, name := c.speaksFor(e)
	e.enter(handingOver)
	there := &endpoint{id: offer.who, name: offer.name, call: c, place: inOtherCall, peer: offer.from, inbound: true, began: time.Now(), leg: offer.end, join: &join{
		up: func(*endpoint) { c.replaced(e, TransferWanted{Tell: func(Referral) {}}) },
		down: func(*endpoint, Reason) {
			e.stay()
			c.endIfDeserted(Reason{Kind: EndedByPeer, Phone: true, Text: "the phone left its call to somebody who did not take it"})
		},
	}}
	c.endpoints = append(c.endpoints, there)
	offer.end.tell.to(there.report)
	offer.from.post(func() { offer.reply(pipeReply{by: c, who: who, name: name}) })
}

// hasPipeTo reports whether a pipe leads to another call already: a second one would
// send sound and keys round and round.
func (c *Call) hasPipeTo(other *Call) bool {
	return slices.ContainsFunc(c.endpoints, func(e *endpoint) bool { return e.peer == other })
}

// speaksFor is who a phone's other call hears in its place: the only one whom it
// talks to, or, of several, the phone itself.
func (c *Call) speaksFor(e *endpoint) (who identifier.ID, name string) {
	if other := c.opposite(e); other != nil {
		return other.id, other.name
	}
	return e.id, e.name
}
