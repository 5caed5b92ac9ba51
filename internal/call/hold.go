package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Hold is a participant who shall neither hear the others nor be heard.
type Hold struct {
	Who     identifier.ID
	Music   Prompt // what it hears meanwhile, again and again; nil: the server's own
	Context Context
}

// Hold puts a participant on hold, which is no event; music has its own.
func (c *Connection) Hold(ctx context.Context, hold Hold) error {
	if hold.Music != nil {
		hold.Music = c.spoken([]Prompt{hold.Music})[0]
	}
	return c.whenConnected(ctx, func() error {
		p, err := c.another(hold.Who, "hold itself")
		if err != nil {
			return err
		}
		if p.music != nil {
			p.music.stop() // another one follows
		}
		p.music = c.startMusic(p, hold)
		if !p.held {
			p.setHeld(true)
			c.call.tellRoster()
		}
		return nil
	})
}

// Unhold lets a participant hear the others again. Who is not held stays so.
func (c *Connection) Unhold(ctx context.Context, who identifier.ID) error {
	return c.whenConnected(ctx, func() error {
		p, err := c.call.named(who)
		if err != nil || !p.held {
			return err
		}
		c.call.cancelAnnouncements(p)
		p.endHold()
		p.setHeld(false)
		c.call.tellRoster()
		return nil
	})
}

// another finds a participant other than the application that asks, which cannot
// do that with itself.
func (c *Connection) another(who identifier.ID, deed string) (*participant, error) {
	p, err := c.call.named(who)
	if err == nil && p.is(c) {
		return nil, Itself.because("An application cannot %s (%s).", deed, who)
	}
	return p, err
}

// endHold ends the hold of a participant, and its music.
func (p *participant) endHold() {
	p.held = false
	if p.music != nil {
		p.music.stop()
		p.music = nil
	}
	for _, e := range p.call.endpoints {
		if e.isOf(p) {
			e.private.setMusic(nil)
		}
	}
}
