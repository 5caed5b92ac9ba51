package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Answer takes a call that rings for the application. by is the identity that
// answers; zero where the request named none.
func (r *Registry) Answer(ctx context.Context, incomingCallContext string, by identifier.ID, control Control) (p Properties, err error) {
	ringing, err := r.waiting(incomingCallContext)
	if err != nil {
		return Properties{}, err
	}
	if !by.IsZero() && by.Resource() != r.cfg.Resource {
		return Properties{}, fault.Forbidden("answeredBy %s does not belong to this resource (%s).", by, r.cfg.Resource).WithCode("7507")
	}
	c := ringing.call
	err = c.do(ctx, func() error {
		if err := ringing.decide(); err != nil {
			return err
		}
		p = c.answer(ringing.invitation, by, control)
		return nil
	})
	return p, err
}

// answer makes the application the callee. Towards an identity the application
// is that identity; towards a phone number it is by, or a new identity.
func (c *Call) answer(in Invitation, by identifier.ID, control Control) Properties {
	made := Properties{Source: in.From, DisplayName: in.DisplayName, AnsweredBy: by}
	id := in.To
	if in.To.Kind() == identifier.PhoneNumber {
		if id = by; id.IsZero() {
			id = identifier.NewUser(c.registry.cfg.Resource)
		}
		made.AnsweredBy = id
	}
	made.Targets = []identifier.ID{id}
	self := c.newApplication(id)
	conn := c.open(control, AnswerOperation, self, made)
	made = conn.made
	for _, p := range c.participants {
		if p.inbound && p.leg != nil {
			p.leg.Answer() // CallConnected follows when the caller has confirmed
			return made
		}
	}
	c.bringUpBoth(conn)
	return made
}

// bringUpBoth connects two applications that are the two ends of one call.
func (c *Call) bringUpBoth(callee *Connection) {
	c.seat(callee.self)
	c.bounded()
	for _, conn := range c.connections {
		if conn.state == Connecting {
			c.seat(conn.self)
			conn.connected()
		}
	}
	c.tellRoster()
}
