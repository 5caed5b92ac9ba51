package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// StartTones tells the application of every key that a participant presses, until
// it is stopped or the call ends. Starting twice is starting once.
func (c *Connection) StartTones(ctx context.Context, who identifier.ID, what Context) error {
	return c.whenConnected(ctx, func() error {
		target := c.call.find(who)
		if target == nil {
			return errParticipantNotFound(who)
		}
		if c.listening(target) != nil {
			return nil
		}
		op := c.expect(TonesOperation, who.Raw(), what, func(op *operation) Event {
			return TonesStopped{op.head()}
		})
		op.target = target
		return nil
	})
}

// StopTones ends it; the event goes where the stop asks for.
func (c *Connection) StopTones(ctx context.Context, who identifier.ID, what Context) error {
	return c.whenConnected(ctx, func() error {
		target := c.call.find(who)
		if target == nil {
			return errParticipantNotFound(who)
		}
		op := c.listening(target)
		if op == nil {
			return fault.Precondition("Continuous recognition was not started with %s.", who).WithCode("8585")
		}
		head := op.head()
		head.Operation.Context = what.Operation
		if what.CallbackURI != "" {
			head.Operation.CallbackURI = what.CallbackURI
		}
		c.settle(op, TonesStopped{Head: head})
		return nil
	})
}

// listening finds the continuous recognition of a participant's keys.
func (c *Connection) listening(to *participant) *operation {
	for _, op := range c.expected {
		if op.Kind == TonesOperation && op.target == to {
			return op
		}
	}
	return nil
}

// toneReceived tells of one key, if anybody wants to know.
func (c *Connection) toneReceived(from *participant, tone Tone) {
	if op := c.listening(from); op != nil {
		op.heard++
		c.call.publish(ToneReceived{op.head(), tone, op.heard})
	}
}
