package call

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Hold is a participant who shall neither hear the others nor be heard.
type Hold struct {
	Who     identifier.ID
	Music   *Prompt // what it hears meanwhile, again and again; nil: a soft beep
	Context Context
}

// Hold puts a participant on hold. Only a failure of the music is an event.
func (c *Connection) Hold(ctx context.Context, hold Hold) error {
	return c.whenConnected(ctx, func() error {
		p := c.call.find(hold.Who)
		switch {
		case p == nil:
			return errParticipantNotFound(hold.Who)
		case p == c.self:
			return fault.Invalid("An application cannot hold itself (%s).", hold.Who).WithCode("8523")
		}
		if p.unhold != nil {
			p.unhold() // another music
		}
		music, stop := context.WithCancel(context.Background())
		p.unhold = stop
		c.startMusic(music, p, hold)
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
	if p.unhold != nil {
		p.unhold()
		p.unhold = nil
	}
	p.ear.hold(nil)
}

// startMusic lets a participant hear the music, or the beep where there is none.
func (c *Connection) startMusic(ctx context.Context, p *participant, hold Hold) {
	if hold.Music == nil {
		p.ear.hold(holdBeep())
		return
	}
	c.call.work.Go(func() {
		err := loopAll(ctx, c.call.registry.cfg.Clips, []Prompt{*hold.Music}, []speaker{{say: p.ear.hold}}, func() {})
		var failed *sourceError
		if errors.As(err, &failed) {
			c.call.post(func() { c.holdFailed(hold, failed.cause) })
		}
	})
}

// holdFailed tells that the music cannot be played; the hold itself stands.
func (c *Connection) holdFailed(hold Hold, cause error) {
	if c.state < Disconnecting {
		op := Operation{Kind: HoldOperation, Context: hold.Context.Operation, CallbackURI: hold.Context.CallbackURI}
		c.call.publish(HoldFailed{c.head(op), cause})
	}
}

// holdBeep says that one is not forgotten: a short soft tone every five seconds.
func holdBeep() audio.Source {
	return audio.Cadence(audio.NewOscillator(-30, 440), 200*time.Millisecond, 4800*time.Millisecond)
}
