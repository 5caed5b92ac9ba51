package siptest

import (
	"context"
	"fmt"
)

// Refused is the error of a call that was not answered.
type Refused struct{ Response *Message }

// Error names the status line.
func (r *Refused) Error() string { return "call refused: " + r.Response.Start }

// change applies a change and wakes those who wait.
func (c *Call) change(apply func()) {
	c.mu.Lock()
	apply()
	close(c.changed)
	c.changed = make(chan struct{})
	c.mu.Unlock()
}

// wait returns when met says so under the call's lock.
func (c *Call) wait(ctx context.Context, what string, met func() bool) error {
	for {
		c.mu.Lock()
		ok, ended, changed, last := met(), c.ended, c.changed, c.last
		c.mu.Unlock()
		switch {
		case ok:
			return nil
		case ended && last != nil && !last.IsRequest():
			return &Refused{last}
		case ended:
			return fmt.Errorf("call ended while waiting until it is %s", what)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("call is not %s: %w", what, context.Cause(ctx))
		}
	}
}

// WaitRinging returns when the other end rings.
func (c *Call) WaitRinging(ctx context.Context) error {
	return c.wait(ctx, "ringing", func() bool { return c.ringing })
}

// WaitFinal returns when the INVITE has its final response.
func (c *Call) WaitFinal(ctx context.Context) error {
	return c.wait(ctx, "decided", func() bool { return c.final != nil })
}

// WaitAnswered returns when the call is up, acknowledged. A refusal is a *Refused.
func (c *Call) WaitAnswered(ctx context.Context) error {
	return c.wait(ctx, "answered", func() bool { return c.up })
}

// WaitEnded returns when the call is over.
func (c *Call) WaitEnded(ctx context.Context) error {
	return c.wait(ctx, "ended", func() bool { return c.ended })
}

// Last returns the message that ended the call: a BYE, a CANCEL or a refusal;
// nil where the phone itself ended it.
func (c *Call) Last() *Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// Final returns the final response to the INVITE; nil before it.
func (c *Call) Final() *Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.final
}

// finish ends the call on the phone's side.
func (c *Call) finish() {
	c.change(func() { c.ended = true })
	c.stopMedia()
	c.phone.mu.Lock()
	delete(c.phone.calls, c.ID)
	c.phone.mu.Unlock()
}

func (c *Call) stopMedia() { c.media.close() }
