package webrtctest

import (
	"context"
	"fmt"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Events are those that came, in their order.
func (c *Client) Events() []protocol.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]protocol.Message(nil), c.events...)
}

// Wait waits for an event of a type for which match is true.
func Wait[M protocol.Message](ctx context.Context, c *Client, match func(M) bool) (found M, err error) {
	from := 0
	for {
		c.mu.Lock()
		events, changed := c.events, c.changed
		c.mu.Unlock()
		for ; from < len(events); from++ {
			if m, is := events[from].(M); is && match(m) {
				return m, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found, fmt.Errorf("no %s that was waited for among %d events: %w", found.Type(), from, context.Cause(ctx))
		}
	}
}

// Forget drops the events that came.
func (c *Client) Forget() {
	c.mu.Lock()
	c.events = nil
	c.mu.Unlock()
}
