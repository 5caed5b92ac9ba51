package call

import (
	"slices"
	"time"
)

// An application that moves keeps its connection and the call that the connection
// controls. Whoever it talked to there leaves, and a pipe to the other call takes
// their place: the application is heard in the other call, and its end is theirs.

// handOverApplication gives an application away. It runs in a turn of its call.
func (c *Call) handOverApplication(p *participant, into *transit) error {
	others := slices.DeleteFunc(c.listed(), func(other *participant) bool { return other == p })
	switch {
	case len(others) > 1:
		return NotMovable.because("%s is an application in a call of more than two: it would take the others along.", p.id)
	case c.hasPipeTo(into.to):
		return NotMovable.because("%s: a participant of its call is in the other call already.", p.id)
	}
	here := &endpoint{id: into.by.id, name: into.by.name, call: c, place: inOtherCall, peer: into.to, began: time.Now(), join: &join{
		up:   func(*endpoint) { c.tellRoster() },
		down: func(_ *endpoint, why Reason) { c.finish(why, nil) },
	}}
	near, far := newHairpin(here.report)
	here.leg = near
	c.endpoints = append(c.endpoints, here)
	for _, other := range others {
		c.dismiss(other, Reason{Kind: EndedByPeer, Text: "the other participant moved to another call"})
	}
	there := &endpoint{id: p.id, name: p.name, call: into.to, place: inOtherCall, peer: c, inbound: true, began: time.Now(), leg: far, join: into.join}
	far.tell.to(there.report)
	if !into.to.post(func() {
		into.to.expectArrival(there, into.release)
		far.Answer() // does nothing if that call has ended
	}) {
		far.End(Reason{Kind: EndedByPeer, Text: "the call ended meanwhile"})
	}
	return nil
}
