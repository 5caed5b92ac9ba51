package call

import (
	"context"
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// StartTones tells the application of every key that a participant presses, until
// it is stopped or the call ends. Starting twice is starting once. It is refused
// while a media operation goes on with the participant alone.
func (c *Connection) StartTones(ctx context.Context, who identifier.ID, what Context) error {
	return c.whenConnected(ctx, func() error {
		target, err := c.another(who, "recognize its own keys")
		if err != nil || c.continuous(target) != nil {
			return err
		}
		if target.occupied() != nil {
			return busyWith(target)
		}
		c.begin(work{kind: TonesOperation, what: what, with: []*participant{target}, who: who})
		return nil
	})
}

// StopTones ends it; the event goes where the stop asks for. Stopping what has not
// started, or has stopped, is no failure and has no event: the service's own tests
// stop twice.
func (c *Connection) StopTones(ctx context.Context, who identifier.ID, what Context) error {
	return c.whenConnected(ctx, func() error {
		target, err := c.call.named(who)
		if err != nil {
			return err
		}
		if op := c.continuous(target); op != nil {
			op.end(TonesStopped{Head: op.headFor(what)})
		}
		return nil
	})
}

// continuous finds the continuous recognition of a participant's keys.
func (c *Connection) continuous(of *participant) *operation {
	for _, op := range c.operations {
		if op.Kind == TonesOperation && slices.Contains(op.with, of) {
			return op
		}
	}
	return nil
}

// toneHeard tells the application of one key, if it wants to know, and passes it to
// every recognition that waits for keys of who pressed it.
func (c *Connection) toneHeard(from *participant, tone Tone) {
	if c.stream != nil && !from.is(c) {
		c.stream.Tone(from.id.Raw(), tone.String())
	}
	for _, op := range c.operations {
		if !slices.Contains(op.with, from) {
			continue
		}
		if op.Kind == TonesOperation {
			op.heard++
			op.tell(ToneReceived{op.head(), tone, op.heard})
		}
		if op.tones != nil {
			select {
			case op.tones <- tone:
			default: // nobody presses so many keys
			}
		}
	}
}
