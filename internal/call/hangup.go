package call

import "context"

// HangUp takes the application out of the call. A call between two ends has
// then nobody left to talk to and ends for both.
func (c *Connection) HangUp(ctx context.Context) error {
	return c.Terminate(ctx)
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
	if c.limit != nil {
		c.limit.Stop()
	}
	if c.ring != nil {
		c.ring.stop()
		c.registry.silenced(c.ring)
	}
	for _, p := range c.participants {
		p.end(why)
		p.connected = false
		p.stopPatience()
	}
	for _, conn := range append([]*Connection(nil), c.connections...) {
		conn.leave(forOthers(why, conn == by))
	}
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

// legEnded ends the call, since a call has two ends and one of them is gone.
func (c *Call) legEnded(p *participant, why Reason) {
	c.log.Info("leg ended", "participant", p.id, "why", why.Text, "sip", why.SIP.Code)
	why.Inbound = p.inbound
	why.Phone = true
	c.finish(why, nil)
}
