package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Hold is a participant who shall neither hear the others nor be heard.
type Hold struct {
	Who     identifier.ID
	Music   *Prompt // what it hears meanwhile, again and again; nil: a soft beep
	Context Context
}

// Hold puts a participant on hold, which is no event; music has its own.
func (c *Connection) Hold(ctx context.Context, hold Hold) error {
	return c.whenConnected(ctx, func() error {
		p := c.call.find(hold.Who)
		switch {
		case p == nil:
			return errParticipantNotFound(hold.Who)
		case p == c.self:
			return fault.Invalid("An application cannot hold itself (%s).", hold.Who).WithCode("8523")
		}
		if p.music != nil {
			p.music.end() // another one
		}
		p.music = c.startMusic(p, hold)
		if !p.held {
			p.held = true
			p.member.SetHeld(true)
			c.call.tellRoster()
		}
		return nil
	})
}

// Unhold lets a participant hear the others again. Who is not held stays so.
func (c *Connection) Unhold(ctx context.Context, who identifier.ID) error {
	return c.whenConnected(ctx, func() error {
		p := c.call.find(who)
		if p == nil {
			return errParticipantNotFound(who)
		}
		if !p.held {
			return nil
		}
		p.endHold()
		p.member.SetHeld(false)
		c.call.tellRoster()
		return nil
	})
}

// endHold stops the music.
func (p *participant) endHold() {
	p.held = false
	if p.music != nil {
		p.music.end()
		p.music = nil
	}
	p.ear.hold(nil)
}
