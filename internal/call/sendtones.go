package call

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// SendTones is keys that an application presses towards a participant.
type SendTones struct {
	Tones   []Tone
	Target  identifier.ID
	Context Context
}

// toneLength is how long a key and the pause after it take where no wire sends it.
const toneLength = 200 * time.Millisecond

// SendTones accepts keys to be sent.
func (c *Connection) SendTones(ctx context.Context, send SendTones) error {
	return c.whenConnected(ctx, func() error {
		target := c.call.find(send.Target)
		switch {
		case target == nil:
			return errParticipantNotFound(send.Target)
		case target == c.self:
			return fault.Invalid("An application cannot send tones to itself (%s).", send.Target).WithCode("8523")
		}
		return c.alongside(func() *operation {
			return c.newOperation(SendTonesOperation, send.Context, func(op *operation) Event {
				return c.sendTones(op, send.Tones, target)
			})
		}, target, false)
	})
}

// sendTones runs on the operation's goroutine.
func (c *Connection) sendTones(op *operation, tones []Tone, target *participant) Event {
	var err error
	if target.isApplication() {
		err = c.pressAcross(op.ctx, tones)
	} else {
		err = target.leg.SendTones(op.ctx, tones)
	}
	if err != nil {
		return SendTonesFailed{op.head(), op.ctx.Err() != nil, err}
	}
	return SendTonesCompleted{op.head()}
}

// pressAcross lets the other applications of the call hear the keys: there is no
// wire between two applications, so tones cross as events.
func (c *Connection) pressAcross(ctx context.Context, tones []Tone) error {
	for _, tone := range tones {
		c.call.post(func() { c.call.heard(c.self, tone) })
		if err := pause(ctx, toneLength); err != nil {
			return err
		}
	}
	return nil
}

// pause waits, or returns why ctx is done.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
