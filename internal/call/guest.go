package call

import (
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Arrival is how far somebody has come into a call:
//
//	Invited ──its phone rings──> Alerted ──> Arrived
//	   └─────────────────────────────────────^
type Arrival uint8

// The stages.
const (
	Arrived Arrival = iota // in the call
	Invited                // being called
	Alerted                // its phone, or its page, rings
)

// guest is somebody who was invited into a call and is not there yet. Those who are in
// the call see it; applications do not, until it has come.
type guest struct {
	who     identifier.ID
	arrival Arrival
	way     *invited // nil while it is being made
}

// expect invites somebody into the call, whom those in it see coming.
func (c *Call) expect(in Invitation, wait patience, j *join) *invited {
	g := &guest{who: in.To, arrival: Invited}
	c.guests = append(c.guests, g)
	coming := *j
	coming.ringing = func() {
		if g.arrival == Invited {
			g.arrival = Alerted
			c.tellFollowers()
		}
		if j.ringing != nil {
			j.ringing()
		}
	}
	coming.up = func(e *endpoint) {
		c.dropGuest(g)
		j.up(e)
	}
	coming.down = func(e *endpoint, why Reason) {
		c.dropGuest(g)
		j.down(e, why)
		c.tellFollowers()
	}
	g.way = c.invite(in, wait, &coming)
	c.tellFollowers()
	return g.way
}

// callOff ends the way of somebody who has not come yet; false where nobody of that name
// is on it.
func (c *Call) callOff(who identifier.ID) (found bool) {
	for _, g := range slices.Clone(c.guests) {
		if g.who == who && g.way != nil {
			g.way.abort(Reason{Kind: Canceled, ByParticipant: true, Text: "another participant called the invitation off"})
			found = true
		}
	}
	return found
}

// dropGuest is the end of a guest's way.
func (c *Call) dropGuest(g *guest) {
	c.guests = slices.DeleteFunc(c.guests, func(other *guest) bool { return other == g })
}

// coming lists the guests as those in the call see them. Who is in the call already, with
// another device, is not among them.
func (c *Call) coming() (list []Attendance) {
	for _, g := range c.guests {
		if c.find(g.who) == nil && !slices.ContainsFunc(list, func(a Attendance) bool { return a.ID == g.who }) {
			list = append(list, Attendance{Participant: Participant{ID: g.who}, Arrival: g.arrival})
		}
	}
	return list
}
