package call

import (
	"log/slog"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// join is what an endpoint on the way in was asked for: what happens when it comes
// up, and when it does not.
type join struct {
	ringing func() // it is being told; nil: nobody wants to know
	up      func(*endpoint)
	down    func(*endpoint, Reason)
	early   func(*endpoint)                // its sound is there before it is up; nil: nobody wants it
	forward func(*endpoint, ForwardWanted) // it wants somebody else called in its place; nil: nobody is
}

// endsItsCall is what follows where a caller does not come up: the call is over.
func endsItsCall(e *endpoint, why Reason) { e.call.finish(why, nil) }

// arrived ends the way of an endpoint whose leg is up.
func (c *Call) arrived(e *endpoint) {
	c.info("leg answered", slog.String("participant", e.id.Raw()))
	j := e.join
	e.join = nil
	e.answered = time.Now()
	c.admit(e)
	c.publishArrival(e)
	if j != nil && j.up != nil {
		j.up(e)
	}
}

// codeOfSIP is the code that ended a leg, for the log; nothing where none did.
func codeOfSIP(why Reason) slog.Attr {
	if why.SIP.Code == 0 {
		return slog.Attr{}
	}
	return slog.Int("sip", why.SIP.Code)
}

// departed is a leg that is no more: it never came up, or its endpoint left.
func (c *Call) departed(e *endpoint, why Reason) {
	was := e.stage
	e.enter(gone)
	c.info("leg ended", slog.String("participant", e.id.Raw()), slog.String("why", why.words()), codeOfSIP(why))
	why.Inbound = e.inbound
	why.Phone = true
	why.Client = e.id.Kind() == identifier.CommunicationUser
	switch j := e.join; {
	case j != nil:
		e.join = nil
		e.leaveMix()
		c.forget(e)
		j.down(e, why)
	case was == present, was == handingOver:
		c.left(e, was, why)
	default:
		c.forget(e)
	}
}

// left takes an endpoint that has gone by itself out of the call. With two ends,
// and with nobody left to talk to, the call ends; else the others hear of it. A
// user who is still here with another device has not left.
func (c *Call) left(e *endpoint, was stage, why Reason) {
	if e.who.isHere() {
		c.withdraw(e)
		c.tellFollowers()
		return
	}
	if c.kind.endsWhenOneLeaves() && was != handingOver {
		if c.converses(e) && why.Kind == EndedByPeer {
			c.record.endedBy = e.id
		}
		c.publishDeparture(e) // the others leave after it
		c.finish(why, nil)
		return
	}
	c.withdraw(e)
	c.goOn(why)
}

// withdraw makes an endpoint neither heard nor listed, and ends what goes on with
// its participant if that was the last one.
func (c *Call) withdraw(e *endpoint) {
	p := e.who
	if e.stage != gone && e.stage != leaving {
		e.enter(e.afterwards())
	}
	if p != nil && !p.isHere() {
		c.publishDeparture(e)
		p.endHold()
		for _, conn := range c.connections {
			conn.cancelWith(p)
		}
	}
	e.leaveMix()
	c.forget(e)
}

// afterwards is the stage of an endpoint that is taken out of the call: its leg
// still has to tell its end, if it has one.
func (e *endpoint) afterwards() stage {
	if e.leg == nil {
		return gone
	}
	return leaving
}

// forget drops an endpoint of which nothing follows.
func (c *Call) forget(e *endpoint) {
	if e.leg != nil && e.stage != gone {
		return // its goroutine still has to tell its end
	}
	c.endpoints = slices.DeleteFunc(c.endpoints, func(other *endpoint) bool { return other == e })
}
