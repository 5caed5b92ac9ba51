package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// An attended transfer: a phone talks to some people in one call and to others in
// a second one, and wants them to go on without it. Each call stays what it is
// for its application; a pipe between them takes the phone's place in both.

// encounter is news for the phone's participant in the second call: one end of
// the pipe wants its place.
type encounter struct {
	from  *Call
	who   identifier.ID // who speaks through the pipe there
	name  string
	end   *hairpin
	taken func(in *Call, who identifier.ID, name string, refused *Reason) // of the first call's goroutine
}

func (encounter) report() {}

// meet asks the second call to take one end of a pipe.
func (c *Call) meet(p *participant, want TransferWanted) {
	who, name := c.speaker(p)
	here := &participant{call: c, began: time.Now(), joining: &joining{
		up:   func(*participant) { c.replaced(p, want) },
		down: func(_ *participant, why Reason) { p.parting = false; want.Tell(Referral{ReferralFailed, why}) },
	}}
	near, far := newHairpin(here.report)
	here.leg = near
	c.dialling++ // the goroutine stays for the answer
	p.parting = true
	asked := want.Other(encounter{from: c, who: who, name: name, end: far, taken: func(in *Call, who identifier.ID, name string, refused *Reason) {
		c.dialling--
		here.piped = in
		c.met(here, who, name, refused)
	}})
	if !asked {
		c.dialling--
		p.parting = false
		want.Tell(Referral{ReferralFailed, Reason{Kind: NotFound, Text: "the other call of the phone is over"}})
	}
}

// met is the second call's answer.
func (c *Call) met(here *participant, who identifier.ID, name string, refused *Reason) {
	switch {
	case here.legEnded:
		return
	case refused != nil:
		here.joining.down(nil, *refused)
		return
	}
	here.id, here.name = who, name
	c.participants = append(c.participants, here)
	if c.ended {
		here.joining = nil
		here.end(Reason{Kind: EndedByPeer, Text: "the call ended meanwhile"})
		return
	}
	here.leg.(*hairpin).Answer()
}

// encountered gives a phone's place in this call to the end of a pipe.
func (p *participant) encountered(e encounter) {
	c := p.call
	if !p.connected || c.ended || p.parting || c.echo != nil || c == e.from || c.pipedTo(e.from) {
		text := "the phone's other call is not one that could be joined"
		e.from.post(func() { e.taken(c, identifier.ID{}, "", &Reason{Kind: NotFound, Text: text}) })
		return
	}
	who, name := c.speaker(p)
	p.parting = true
	there := &participant{id: e.who, name: e.name, call: c, piped: e.from, inbound: true, began: time.Now(), leg: e.end, joining: &joining{
		up: func(*participant) { c.replaced(p, TransferWanted{Tell: func(Referral) {}}) },
		down: func(*participant, Reason) {
			p.parting = false
			c.endIfDeserted(Reason{Kind: EndedByPeer, Phone: true, Text: "the phone left its call to somebody who did not take it"})
		},
	}}
	c.participants = append(c.participants, there)
	e.end.tell.to(there.report)
	e.from.post(func() { e.taken(c, who, name, nil) })
}

// pipedTo reports whether a pipe leads to another call already: a second one would
// send sound and keys round and round.
func (c *Call) pipedTo(other *Call) bool {
	return slices.ContainsFunc(c.participants, func(p *participant) bool { return p.piped == other })
}

// speaker is who a phone's other call hears in its place: the only one whom it
// talks to, or, of several, the phone itself.
func (c *Call) speaker(p *participant) (who identifier.ID, name string) {
	if other := c.opposite(p); other != nil {
		return other.id, other.name
	}
	return p.id, p.name
}
