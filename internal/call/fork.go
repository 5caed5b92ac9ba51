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

// fork also rings the registered telephones of the callee (RFC 3261 §16.7 calls it
// forking). The first to answer wins, unless an application already has.
func (c *Call) fork(r *ring, patience time.Duration) {
	to := r.invitation.To
	if to.Kind() != identifier.CommunicationUser {
		return
	}
	r.until = time.Now().Add(patience)
	r.callDevices(r.invitation, c.registry.cfg.Devices.Devices(to))
}

// phonePickedUp is a telephone that takes the call.
func (r *ring) phonePickedUp(e *endpoint) {
	r.phones = slices.DeleteFunc(r.phones, func(other *endpoint) bool { return other == e })
	r.stop(takenElsewhere)
	r.outcome.pickedUp(e)
}

// phoneRefused is a telephone that does not. While others ring, or an application
// may yet decide, nothing is lost.
func (r *ring) phoneRefused(e *endpoint, why Reason) {
	r.phones = slices.DeleteFunc(r.phones, func(other *endpoint) bool { return other == e })
	if rank(why.Kind) > rank(r.refusal.Kind) {
		r.refusal = why
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

// stopPhones ends the ringing of the telephones that are left. What they still say
// counts for nothing, an answer that is on its way included.
func (r *ring) stopPhones(why Reason) {
	for _, e := range r.phones {
		e.join = nil
		e.end(why)
	}
	r.phones = nil
}
