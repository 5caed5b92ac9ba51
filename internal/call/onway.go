package call

import (
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// checkAbsent refuses to call somebody who is in the call, or is called into it already.
func (c *Call) checkAbsent(who identifier.ID) error {
	switch {
	case c.find(who) != nil:
		return ParticipantPresent.because("%s is in the call already.", who)
	case c.awaits(who):
		return ParticipantPresent.because("%s is being invited already: wait for the event of that add, or cancel it.", who)
	}
	return nil
}

// awaits reports whether somebody has been called into the call, and has not come yet: by an
// application, a client or a phone that hands the call over. Callbacks may come twice (at least
// once is promised), and several may ask at the same time: one phone would ring on two lines.
func (c *Call) awaits(who identifier.ID) bool {
	return slices.ContainsFunc(c.rings, func(r *ring) bool { return r.invitation.To == who }) ||
		slices.ContainsFunc(c.endpoints, func(e *endpoint) bool { return e.id == who && e.isOnWay() })
}

// isOnWay reports whether the endpoint was called, and has not come yet.
func (e *endpoint) isOnWay() bool {
	return e.stage == arriving && !e.inbound && !e.place.isApplication()
}
