package call

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Move is phones that an application wants out of another of its calls and in
// this one.
type Move struct {
	Who     []identifier.ID
	From    string // callConnectionId of the other call
	Context Context
}

// Move takes participants over from another call. Each has an event of its own.
func (c *Connection) Move(ctx context.Context, move Move) error {
	from, err := c.call.registry.Connection(move.From)
	if err != nil {
		return err
	}
	if from.call == c.call {
		return fault.Invalid("fromCall %s is this very call.", move.From).WithCode("8523")
	}
	return c.whenConnected(ctx, func() error {
		for _, who := range move.Who {
			if c.call.find(who) != nil {
				return fault.Conflict("%s is in the call already.", who).WithCode("8519")
			}
		}
		if err := c.call.roomFor(len(move.Who)); err != nil {
			return err
		}
		c.call.group = true
		for _, who := range move.Who {
			c.fetch(from, who, move)
		}
		return nil
	})
}

// fetch asks the other call for one participant.
func (c *Connection) fetch(from *Connection, who identifier.ID, move Move) {
	op := c.expect(MoveOperation, who.Raw()+" "+move.From, move.Context, func(op *operation) Event {
		return MoveParticipantFailed{op.head(), who, move.From, Reason{Kind: Canceled, Text: "the application left the call"}}
	})
	failed := func(why Reason) { c.settle(op, MoveParticipantFailed{op.head(), who, move.From, why}) }
	into := &transit{to: c.call, join: &joining{
		up: func(*participant) {
			c.settle(op, MoveParticipantSucceeded{op.head(), who, move.From})
			c.call.tellRoster()
		},
		down: func(_ *participant, why Reason) { failed(why); c.call.endIfDeserted(why) },
	}}
	c.call.dialling++ // somebody is on the way: the goroutine stays for him
	c.call.work.Go(func() {
		err := from.do(op.ctx, func() error { return from.call.handOver(who, into) })
		if err != nil {
			c.call.post(func() {
				c.call.dialling--
				failed(Reason{Kind: NotFound, Text: err.Error()})
			})
		}
	})
}

// transit is the way of a participant from one call into another.
type transit struct {
	to   *Call
	join *joining
}

var errNoLeg = errors.New("only phones can change calls")

// handOver gives a participant away. It runs on the goroutine of the call that
// loses him; from here on his leg reports to the other one.
func (c *Call) handOver(who identifier.ID, into *transit) error {
	p := c.find(who)
	switch {
	case p == nil:
		return errParticipantNotFound(who)
	case p.isApplication():
		return fault.Unsupported("%s: %s.", who, errNoLeg).WithCode("8520")
	}
	moved := &participant{id: p.id, call: into.to, inbound: p.inbound, name: p.name, leg: p.leg, joining: into.join, began: time.Now()}
	into.to.post(func() { into.to.expectArrival(moved) })
	p.moved.Store(moved)
	next := func() { into.to.post(moved.settleDown) }
	p.seat.next.Store(&next)
	c.detailLeg(p, Wire{}, Reason{Kind: EndedByPeer, Text: "moved to another call"})
	p.leg, p.legEnded = nil, true
	c.unseat(p) // the shard lets go of the sound, and the other call takes it
	if c.deserted() {
		c.finish(Reason{Kind: EndedByPeer, Text: "the other participant moved to another call"}, nil)
		return nil
	}
	c.tellRoster()
	return nil
}

// expectArrival takes over the leg; its sound follows.
func (c *Call) expectArrival(p *participant) {
	c.dialling--
	c.participants = append(c.participants, p)
	if c.ended {
		p.joining = nil
		p.end(Reason{Kind: EndedByPeer, Text: "the call ended meanwhile"})
	}
}

// settleDown sits a moved participant down, if there is still somebody and something
// to sit down to.
func (p *participant) settleDown() {
	if p.call.ended || p.legEnded {
		closePort(p.leg.Port())
		return
	}
	p.sit()
	p.call.legConnected(p)
}
