package call

import "github.com/switchhook/switchhook/internal/identifier"

import "time"

// joining is what a participant on the way in was asked for: what happens when
// it comes up, and when it does not.
type joining struct {
	ringing func() // it is being told; nil: nobody wants to know
	up      func(*participant)
	down    func(*participant, Reason)
	early   func(*participant) // its sound is there before it is up; nil: nobody wants it
}

// legConnected ends the way of a participant whose leg is up.
func (c *Call) legConnected(p *participant) {
	c.log.Info("leg answered", "participant", p.id)
	j := p.joining
	p.joining = nil
	p.connected, p.cameUp = true, time.Now()
	c.came(p)
	if j != nil {
		j.up(p)
	}
}

// legEnded is a leg that is no more: it never came up, or its participant left.
func (c *Call) legEnded(p *participant, why Reason) {
	c.log.Info("leg ended", "participant", p.id, "why", why.Text, "sip", why.SIP.Code)
	why.Inbound = p.inbound
	why.Phone = true
	why.Client = p.id.Kind() == identifier.CommunicationUser
	if j := p.joining; j != nil {
		p.joining = nil
		p.rise()
		c.forget(p)
		j.down(p, why)
		return
	}
	if p.connected {
		c.left(p, why)
		return
	}
	c.forget(p)
}

// left takes a participant out of the call. With two ends, and with nobody left
// to talk to, the call ends; else the others hear of it.
func (c *Call) left(p *participant, why Reason) {
	if !c.group && !p.parting {
		if c.witnessed(p) && why.Kind == EndedByPeer {
			c.record.endedBy = p.id
		}
		c.finish(why, nil)
		return
	}
	c.unseat(p)
	if c.deserted() {
		c.finish(why, nil)
		return
	}
	c.tellRoster()
}

// unseat makes a participant neither heard nor listed.
func (c *Call) unseat(p *participant) {
	p.connected = false
	c.went(p)
	p.endHold()
	p.rise()
	for _, conn := range c.connections {
		conn.cancelWith(p)
	}
	c.forget(p)
}

// rise takes a participant's sound out of the mix, which closes it.
func (p *participant) rise() {
	if p.member != nil {
		p.ear.to(nil)
		p.member.Leave()
		p.member = nil
	}
}

// forget drops a participant whose leg, if it has one, is over.
func (c *Call) forget(p *participant) {
	if p.leg != nil && !p.legEnded {
		return // its goroutine still has to tell its end
	}
	for i, other := range c.participants {
		if other == p {
			c.participants = append(c.participants[:i], c.participants[i+1:]...)
			return
		}
	}
}

// deserted says that nobody is left to talk to: at most one participant, and
// nobody on the way in; or phones alone, whose applications have all gone.
func (c *Call) deserted() bool {
	seated := 0
	for _, p := range c.participants {
		switch {
		case p.joining != nil:
			return false
		case p.connected:
			seated++
		}
	}
	return seated <= 1 && len(c.rings) == 0
}
