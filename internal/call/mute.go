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
			if list[i] = c.call.find(id); list[i] == nil {
				return errParticipantNotFound(id)
			}
		}
		changed := false
		for _, p := range list {
			if !p.muted {
				p.muted, changed = true, true
				p.member.SetMuted(true)
			}
		}
		if changed {
			c.call.tellRoster()
		}
		return nil
	})
}
