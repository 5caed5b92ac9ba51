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

// invitee is somebody who was invited into a call and is not there yet. Those who are in
// the call see it; applications do not, until it has come.
type invitee struct {
	who     identifier.ID
	arrival Arrival
	way     *invited // nil while it is being made
}

// expect invites somebody into the call, whom those in it see coming.
func (c *Call) expect(in Invitation, wait patience, j *join) *invited {
	one := &invitee{who: in.To, arrival: Invited}
	c.invitees = append(c.invitees, one)
	coming := *j
	coming.ringing = func() {
		if one.arrival == Invited {
			one.arrival = Alerted
			c.tellFollowers()
		}
		if j.ringing != nil {
			j.ringing()
		}
	}
	coming.up = func(e *endpoint) {
		c.dropInvitee(one)
		j.up(e)
	}
	coming.down = func(e *endpoint, why Reason) {
		c.dropInvitee(one)
		j.down(e, why)
		c.tellFollowers()
	}
	one.way = c.invite(in, wait, &coming)
	c.tellFollowers()
	return one.way
}

// callOff ends the way of somebody who has not come yet; false where nobody of that name
// is on it.
func (c *Call) callOff(who identifier.ID) (found bool) {
	for _, one := range slices.Clone(c.invitees) {
		if one.who == who && one.way != nil {
			one.way.abort(Reason{Kind: Canceled, ByParticipant: true, Text: "another participant called the invitation off"})
			found = true
		}
	}
	return found
}

// dropInvitee is the end of an invitee's way.
func (c *Call) dropInvitee(one *invitee) {
	c.invitees = slices.DeleteFunc(c.invitees, func(other *invitee) bool { return other == one })
}

// coming lists the invitees as those in the call see them. Who is in the call already, with
// another device, is not among them.
func (c *Call) coming() (list []Attendance) {
	for _, one := range c.invitees {
		if c.find(one.who) == nil && !slices.ContainsFunc(list, func(a Attendance) bool { return a.ID == one.who }) {
			list = append(list, Attendance{Participant: Participant{ID: one.who}, Arrival: one.arrival})
		}
	}
	return list
}
