package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Mute lets nobody hear the participants any more. Who is muted already stays so.
func (c *Connection) Mute(ctx context.Context, who []identifier.ID) error {
	return c.whenConnected(ctx, func() error {
		list := make([]*participant, len(who))
		for i, id := range who {
			p, err := c.call.named(id)
			if err != nil {
				return err
			}
			list[i] = p
		}
		changed := false
		for _, p := range list {
			if !p.muted {
				p.setMuted(true)
				changed = true
			}
		}
		if changed {
			c.call.tellRoster()
		}
		return nil
	})
}
