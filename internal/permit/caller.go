package permit

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Names of the rules that are not guards, in refusals and metrics.
const (
	ruleCallerID     = "caller-ids"
	ruleCapabilities = "capabilities"
	ruleMaxCalls     = "max-calls"
	rulePerUser      = "calls-per-user"

	rulePerApplication = "calls-per-application"

	rulePerSecond = "calls-per-second"
)

// codeCallerID is ACS's subcode of a caller id that is missing or blocked.
const codeCallerID = "510403"

// CallerIDRefused reports whether an error is the refusal of a caller id.
func CallerIDRefused(err error) bool { return err != nil && fault.Of(err).Code == codeCallerID }

// CallerID checks whether a call may show its caller id: a number of ours with
// the capability for outbound calls, or one that a trunk of its route allows.
func (r *Rules) CallerID(q Request) error {
	if r == nil || r.isEmergency(q.To.Number()) {
		return nil
	}
	if other := r.override(q.To.Number()); other != "" {
		if id, err := identifier.Phone(other); err == nil {
			q.From = id
		}
	}
	if err := r.checkCapability(q); err != nil {
		return err
	}
	if q.Forwarded || r.numbers.Owns(q.From.Number()) || r.numbers.Owns(q.To.Number()) {
		return nil
	}
	trunks, err := r.trunks.Route(q.To.Number())
	if err != nil || slices.ContainsFunc(trunks, func(t *trunk.Trunk) bool { return r.allowsCallerID(t, q) }) {
		return nil // without a route, dialling fails and says so
	}
	r.refusals.add(ruleCallerID)
	return r.callerIDRefusal(q, trunks[0])
}

// checkCapability refuses a number of ours without the outbound capability.
func (r *Rules) checkCapability(q Request) error {
	number := q.From.Number()
	if q.Forwarded || !r.numbers.Owns(number) {
		return nil
	}
	if outbound, _ := r.numbers.Calls(number); outbound {
		return nil
	}
	r.refusals.add(ruleCapabilities)
	return fault.Forbidden("sourceCallerIdNumber: %s cannot make calls because its calling capability does not include outbound", number).WithCode(codeCallerID)
}

// allowsCallerID reports whether a call may show its caller id through a trunk.
func (r *Rules) allowsCallerID(t *trunk.Trunk, q Request) bool {
	number := q.From.Number()
	t = r.trunks.RuledAs(t)
	switch {
	case q.Forwarded || t.CallerIDs.Any || r.numbers.Owns(number):
		return true
	}
	return slices.Contains(t.CallerIDs.Numbers, number)
}

func (r *Rules) callerIDRefusal(q Request, t *trunk.Trunk) error {
	also := ""
	if len(t.CallerIDs.Numbers) > 0 {
		also = ", nor one of " + strings.Join(t.CallerIDs.Numbers, ", ")
	}
	return fault.Forbidden("sourceCallerIdNumber: %s is not a number of this resource%s, and trunk %s allows no other caller id; add the number to numbers, or to caller-ids of the trunk",
		q.From.Number(), also, t.Name).WithCode(codeCallerID)
}

// Inbound refuses a call to a number of ours without the inbound capability.
func (r *Rules) Inbound(number string) error {
	if r == nil || !r.numbers.Owns(number) {
		return nil
	}
	if _, inbound := r.numbers.Calls(number); inbound {
		return nil
	}
	r.refusals.add(ruleCapabilities)
	return fault.NotFound("%s cannot receive calls because its calling capability does not include inbound", number)
}
