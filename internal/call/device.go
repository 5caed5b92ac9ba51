package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Devices knows by which telephones a user can be reached now: names of them
// for Invitation.Device.
type Devices interface {
	Devices(user identifier.ID) []string
}

type noDevices struct{}

func (noDevices) Devices(identifier.ID) []string { return nil }

// What telephones hear of a call that somebody else has decided (RFC 3326); the
// first keeps it off their lists of missed calls.
var (
	takenElsewhere = Reason{Kind: Canceled, Text: "answered elsewhere", SIP: Status{Code: 200, Phrase: "Call completed elsewhere"}}
	refusedForAll  = Reason{Kind: Declined, Text: "the application rejected the call", SIP: Status{Code: 603, Phrase: "Decline"}}
	sentOn         = Reason{Kind: Canceled, Text: "the application redirected the call", SIP: Status{Code: 302, Phrase: "Moved Temporarily"}}
)

// maxForks bounds the telephones that ring for one call to a user.
const maxForks = 20

// fork lets the telephones of whom a ring is for ring as well. The first to be
// picked up takes the call, unless an application was faster.
func (c *Call) fork(r *ring, patience time.Duration) {
	to := r.invitation.To
	if to.Kind() != identifier.CommunicationUser {
		return
	}
	devices := c.registry.cfg.Devices.Devices(to)
	for _, device := range devices[:min(len(devices), maxForks)] {
		in := r.invitation
		in.Device = device
		r.phones = append(r.phones, c.call(in, patience, &joining{up: r.pickedUp, down: r.phoneDown}))
	}
}

// pickedUp is a telephone that takes the call.
func (r *ring) pickedUp(p *participant) {
	r.phones = slices.DeleteFunc(r.phones, func(other *participant) bool { return other == p })
	r.stop(takenElsewhere)
	r.picked(p)
}

// phoneDown is a telephone that does not. While others ring, or an application
// may yet decide, nothing is lost.
func (r *ring) phoneDown(p *participant, why Reason) {
	r.phones = slices.DeleteFunc(r.phones, func(other *participant) bool { return other == p })
	if rank(why.Kind) > rank(r.refused.Kind) {
		r.refused = why
	}
	r.giveUp()
}

// rank says which of several refusals tells most about the user.
func rank(kind ReasonKind) int {
	switch kind {
	case Declined:
		return 4
	case Busy:
		return 3
	case NoAnswer:
		return 2
	case Normal:
		return 0
	}
	return 1
}

// hushed ends the ringing of the telephones that are left. What they still say
// counts for nothing, an answer that is on its way included.
func (r *ring) hushed(why Reason) {
	for _, p := range r.phones {
		p.joining = nil
		p.end(why)
	}
	r.phones = nil
}
