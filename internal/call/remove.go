package call

import (
	"context"
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Remove takes a participant out of the call.
func (c *Connection) Remove(ctx context.Context, who identifier.ID, what Context) error {
	return c.whenConnected(ctx, func() error {
		p, err := c.another(who, "remove itself; it can hang up")
		if err != nil {
			return err
		}
		op := c.begin(work{kind: RemoveOperation, what: what, who: p.id})
		op.end(RemoveParticipantSucceeded{op.head(), p.id})
		c.call.remove(p)
		return nil
	})
}

// remove ends a participant's part in the call, and the call with it where
// nobody else is left.
func (c *Call) remove(p *participant) {
	c.removeFor(p, Reason{Kind: Removed, Text: "another participant removed this one"})
}

// removeFor does so for a reason.
func (c *Call) removeFor(p *participant, why Reason) {
	c.dismiss(p, why)
	byApplication := c.kind.endsWhenOneLeaves() && !why.ByParticipant
	end := Reason{Kind: EndedByPeer, ByApplication: byApplication, Text: "the other participant was removed"}
	if c.kind.endsWhenOneLeaves() {
		c.finish(end, nil)
		return
	}
	c.goOn(end)
}

// dismiss takes a participant out of the call, with the connection of an
// application. What that means for the call is the caller's to decide.
func (c *Call) dismiss(p *participant, why Reason) {
	for _, e := range p.endpoints() {
		c.withdraw(e)
		e.end(why)
	}
	for _, conn := range slices.Clone(c.connections) {
		if p.is(conn) {
			conn.close(why)
		}
	}
}
