package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Remove takes a participant out of the call.
func (c *Connection) Remove(ctx context.Context, who identifier.ID, what Context) error {
	return c.whenConnected(ctx, func() error {
		p := c.call.find(who)
		switch {
		case p == nil:
			return errParticipantNotFound(who)
		case p == c.self:
			return fault.Invalid("An application cannot remove itself (%s); it can hang up.", who).WithCode("8523")
		}
		op := c.expect(RemoveOperation, who.Raw(), what, func(op *operation) Event {
			return RemoveParticipantFailed{op.head(), who, Reason{Kind: Canceled, Text: "the application left the call"}}
		})
		c.settle(op, RemoveParticipantSucceeded{op.head(), who})
		c.call.remove(p)
		return nil
	})
}

// remove ends a participant's part in the call, and the call with it where
// nobody else is left.
func (c *Call) remove(p *participant) {
	why := Reason{Kind: Removed, Text: "another participant removed this one"}
	c.unseat(p)
	p.end(why)
	for _, conn := range append([]*Connection(nil), c.connections...) {
		if conn.self == p {
			conn.leave(why)
		}
	}
	if !c.group || c.deserted() {
		c.finish(Reason{Kind: EndedByPeer, Text: "the other participant was removed"}, nil)
		return
	}
	c.tellRoster()
}
