package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Connect gives an application control of a call that goes on, without making
// it a participant.
func (r *Registry) Connect(ctx context.Context, serverCallID string, control Control) (p Properties, err error) {
	r.mu.Lock()
	c := r.byID[serverCallID]
	r.mu.Unlock()
	if c == nil {
		return Properties{}, errCallNotFound()
	}
	err = c.do(ctx, func() error {
		if c.ended || c.deserted() {
			return errCallNotFound()
		}
		p = c.connect(control)
		return nil
	})
	return p, err
}

func (c *Call) connect(control Control) Properties {
	self := c.newApplication(identifier.NewUser(c.registry.cfg.Resource))
	self.hidden = true
	made := Properties{Source: self.id}
	for _, p := range c.present() {
		made.Targets = append(made.Targets, p.ID)
	}
	conn := c.open(control, ConnectOperation, self, made)
	c.seat(self)
	conn.connected()
	c.roster++
	c.publish(ParticipantsUpdated{Head: conn.head(Operation{}), Participants: c.present(), Sequence: c.roster})
	return conn.made
}
