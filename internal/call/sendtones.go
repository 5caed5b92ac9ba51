package call

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
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
		target, err := c.another(send.Target, "send tones to itself")
		if err != nil {
			return err
		}
		leg := target.endpoints()[0].leg // now: it may move to another call
		return c.occupy(work{
			kind: SendTonesOperation, what: send.Context, with: []*participant{target},
			run: func(op *operation) Event { return c.sendTones(op, send.Tones, leg) },
		}, false)
	})
}

// sendTones runs on the operation's goroutine. leg is nil where the target is an application.
func (c *Connection) sendTones(op *operation, tones []Tone, leg Leg) Event {
	var err error
	if leg == nil {
		err = c.pressAcross(op.ctx, tones)
	} else {
		err = leg.SendTones(op.ctx, tones)
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
		c.call.post(func() { c.call.toneHeard(c.self, tone) })
		if !backoff.Wait(ctx, toneLength) {
			return context.Cause(ctx)
		}
	}
	return nil
}
