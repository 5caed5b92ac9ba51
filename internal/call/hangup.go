package call

import (
	"context"
	"time"
)

// HangUp takes the application out of the call. A call between two ends has
// then nobody left to talk to and ends for both; a group goes on without it,
// unless nobody is left in it but phones that no application controls.
func (c *Connection) HangUp(ctx context.Context) error {
	return c.do(ctx, func() error {
		c.goAway()
		return nil
	})
}

func (c *Connection) goAway() {
	why := Reason{Kind: EndedByApplication, Text: "the application left the call"}
	call := c.call
	if c.self.hidden { // it only controlled the call
		c.leave(why)
		call.unseat(c.self)
		return
	}
	if !call.group || c.state == Connecting {
		call.finish(why, c)
		return
	}
	c.leave(why)
	call.unseat(c.self)
	if call.deserted() || !call.controlled() {
		call.finish(Reason{Kind: EndedByPeer, Text: "the application left the call"}, nil)
		return
	}
	call.tellRoster()
}

// controlled reports whether somebody but phones of the telephone network is in
// the call: an application, or a user.
func (c *Call) controlled() bool {
	for _, p := range c.participants {
		if p.connected && p.isUser() {
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
	c.detail.Ended, c.detail.Why = time.Now(), why
	if c.limit != nil {
		c.limit.Stop()
	}
	for _, r := range append([]*ring(nil), c.rings...) {
		r.stop(why)
	}
	for _, r := range c.rung {
		c.registry.silenced(r)
	}
	ender := c.record.endedBy
	if by != nil {
		ender = by.self.id
	}
	for _, p := range c.participants {
		c.went(p)
		p.endHold()
		p.joining = nil
		p.end(why)
		p.connected = false
		p.stopPatience()
	}
	for _, conn := range append([]*Connection(nil), c.connections...) {
		conn.leave(forOthers(why, conn == by))
	}
	c.told(why, ender)
	if c.mix != nil {
		c.mix.Close()
	}
	c.log.Info("call ended", "why", why.Text)
}

// forOthers is the reason as the connection hears it: who ended a call is told
// so, the others are told that it ended.
func forOthers(why Reason, byItself bool) Reason {
	if why.Kind == EndedByApplication && !byItself {
		why.Kind = EndedByPeer
	}
	return why
}
