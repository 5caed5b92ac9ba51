package call

import (
	"context"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Move is participants that an application wants out of another of its calls and in
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
		return SameCall.because("%s is a connection to this very call.", move.From)
	}
	return c.whenConnected(ctx, func() error {
		everybody := distinct(move.Who)
		for _, who := range everybody {
			if c.call.find(who) != nil {
				return ParticipantPresent.because("%s is in the call already.", who)
			}
		}
		if err := c.call.roomFor(len(everybody)); err != nil {
			return err
		}
		c.call.becomeGroup()
		for _, who := range everybody {
			c.fetch(from, who, move)
		}
		return nil
	})
}

// fetch asks the other call for one participant.
func (c *Connection) fetch(from *Connection, who identifier.ID, move Move) {
	op := c.begin(work{kind: MoveOperation, what: move.Context, who: who, from: move.From})
	failed := func(why Reason) { op.end(MoveParticipantFailed{op.head(), who, move.From, why}) }
	release := sync.OnceFunc(c.call.keep()) // somebody is on the way; a hand-over that panics may have begun
	into := &transit{to: c.call, by: c.self, release: release, join: &join{
		up: func(e *endpoint) {
			c.call.letStay(e)
			op.end(MoveParticipantSucceeded{op.head(), who, move.From})
			c.call.tellRoster()
		},
		down: func(_ *endpoint, why Reason) { failed(why); c.call.notCome(why) },
	}}
	c.call.work.Go(func() {
		err := from.do(op.ctx, func() error { return from.call.handOver(who, into) })
		if err != nil {
			c.call.post(func() {
				release()
				failed(Reason{Kind: NotFound, Text: err.Error()})
			})
		}
	})
}

// transit is the way of a participant from one call into another.
type transit struct {
	to      *Call
	by      *endpoint // the application that asks
	release func()    // lets that call be finished
	join    *join     // of the endpoint that comes first
}

// handOver gives a participant away. It runs in a turn of the call that loses
// it; from here on its legs report to the other one.
func (c *Call) handOver(who identifier.ID, into *transit) error {
	p, err := c.named(who)
	if err != nil {
		return err
	}
	if p.isApplication() {
		return c.handOverApplication(p, into)
	}
	for _, e := range p.endpoints() {
		c.sendOver(e, into)
		into = &transit{to: into.to, by: into.by, release: func() {}} // a second device follows the first
	}
	c.goOn(Reason{Kind: EndedByPeer, Text: "the other participant moved to another call"})
	return nil
}

// sendOver lets an endpoint go to another call: its leg at once, its sound when the
// shard has let go of it.
func (c *Call) sendOver(e *endpoint, into *transit) {
	moved := &endpoint{
		id: e.id, call: into.to, place: e.place, peer: e.peer, inbound: e.inbound, name: e.name, selfMuted: e.selfMuted, selfHeld: e.selfHeld,
		shows: [2]bool{CameraVideo: e.shows[CameraVideo]}, leg: e.leg, join: into.join, began: time.Now(),
	}
	e.movedTo.Store(moved)
	if !into.to.post(func() { into.to.expectArrival(moved, into.release) }) {
		moved.leg.End(Reason{Kind: EndedByPeer, Text: "the call ended meanwhile"})
	}
	sound := e.port.Port
	next := func() {
		if !into.to.post(moved.settle) { // that call is over
			closePort(sound)
		}
	}
	e.port.next.Store(&next)
	moving := Reason{Kind: EndedByPeer, Text: "moved to another call"}
	c.detailLeg(e, Wire{}, moving)
	e.watch(LegGone, moving, Wire{})
	e.leg = nil
	c.withdraw(e) // the shard lets go of the sound, and the other call takes it
}

// expectArrival takes over the leg; its sound follows.
func (c *Call) expectArrival(e *endpoint, release func()) {
	release()
	c.endpoints = append(c.endpoints, e)
	e.step(LegCame)
	if c.ended {
		e.join = nil
		e.end(Reason{Kind: EndedByPeer, Text: "the call ended meanwhile"})
	}
}

// settle lets a moved endpoint be heard, if it is still there and so is its call.
func (e *endpoint) settle() {
	if e.call.ended || e.stage != arriving {
		closePort(e.leg.Port())
		return
	}
	e.joinMix()
	e.call.arrived(e)
}
