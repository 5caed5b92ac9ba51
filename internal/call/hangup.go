package call

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// HangUp takes the application out of the call. A call between two ends has
// then nobody left to talk to and ends for both; a group goes on without it,
// unless nobody is left in it but phones that no application controls.
func (c *Connection) HangUp(ctx context.Context) error {
	return c.do(ctx, func() error {
		c.hangUp()
		return nil
	})
}

func (c *Connection) hangUp() {
	why := Reason{Kind: EndedByApplication, Text: "the application left the call"}
	call := c.call
	if c.self.place == inControl {
		c.close(why)
		call.withdraw(c.self)
		return
	}
	if call.kind.endsWhenOneLeaves() || c.state == Connecting {
		why.Alone = call.connectedTo
		call.finish(why, c)
		return
	}
	c.close(why)
	call.withdraw(c.self)
	left := Reason{Kind: EndedByPeer, Text: "the application left the call"}
	if !call.controlled() {
		call.finish(left, nil)
		return
	}
	call.goOn(left)
}

// controlled reports whether somebody but phones of the telephone network is in
// the call: an application, or a user.
func (c *Call) controlled() bool {
	for _, e := range c.endpoints {
		if e.listed() && e.isUser() {
			return true
		}
	}
	for _, conn := range c.connections {
		if conn.state < Disconnecting {
			return true
		}
	}
	return false
}

// Terminate ends the call for everybody.
func (c *Connection) Terminate(ctx context.Context) error {
	return c.do(ctx, func() error {
		c.call.finish(Reason{Kind: EndedByApplication, Text: "an application ended the call"}, c)
		return nil
	})
}

// finish ends the conversation for everybody. by is the connection that asked,
// nil where none did.
func (c *Call) finish(why Reason, by *Connection) {
	if c.ended {
		return
	}
	c.ended = true
	why.Alone = why.Alone || by == nil && !c.kind.endsWhenOneLeaves() && len(c.listed()) == 1
	c.detail.Ended, c.detail.Why = time.Now(), why
	if c.limit != nil {
		c.limit.Stop()
	}
	c.tellOver(why)
	c.registry.unname(c)
	for _, r := range slices.Clone(c.rings) {
		r.stop(why)
	}
	for _, r := range c.decided {
		c.registry.forgetRing(r)
	}
	ender := c.record.endedBy
	if by != nil {
		ender = by.self.id
	}
	for _, e := range c.endpoints {
		c.publishDeparture(e)
		if e.who != nil {
			e.who.endHold()
		}
		e.join = nil
		e.end(why)
		e.stopRinging()
	}
	c.endRecording(recordingEnd(why), nil)
	c.closeCaptions()
	var few [4]*Connection // a list of its own, which closing leaves alone
	for _, conn := range append(few[:0], c.connections...) {
		conn.close(forOthers(why, conn == by))
	}
	for _, e := range c.endpoints {
		if e.place.isApplication() && e.stage != gone {
			e.enter(gone)
		}
	}
	c.publishEnd(why, ender)
	if c.mix != nil {
		c.mix.Close()
	}
	c.info("call ended", slog.String("why", why.words()))
}

// tellOver tells, once, who waits for the end of the call.
func (c *Call) tellOver(why Reason) {
	if tell := c.over; tell != nil {
		c.over = nil
		tell(why)
	}
}

// forOthers is the reason as the connection hears it: who ended a call is told
// so, the others are told that it ended.
func forOthers(why Reason, byItself bool) Reason {
	if why.Kind == EndedByApplication && !byItself {
		why.Kind = EndedByPeer
	}
	return why
}
