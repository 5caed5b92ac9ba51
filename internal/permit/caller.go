package permit

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Names of the rules that no guard gives, in refusals and metrics.
const (
	ruleCallerID     = "caller-ids"
	ruleCapabilities = "capabilities"
	ruleMaxCalls     = "max-calls"
	rulePerSecond    = "calls-per-second"
)

// codeCallerID is ACS's subcode of a caller id that is missing or blocked.
const codeCallerID = "510403"

// CallerIDRefused reports whether an error says that a call may not show its
// caller id.
func CallerIDRefused(err error) bool { return err != nil && fault.Of(err).Code == codeCallerID }

// CallerID asks whether a call may show its caller id: a number of ours that
// makes calls, or one that a trunk of its route takes.
func (r *Rules) CallerID(q Request) error {
	if r == nil || r.isEmergency(q.To.Number()) {
		return nil
	}
	if other := r.override(q.To.Number()); other != "" {
		if id, err := identifier.Phone(other); err == nil {
			q.From = id
		}
	}
	if err := r.capable(q); err != nil {
		return err
	}
	if q.Forwarded || r.numbers.Owns(q.From.Number()) || r.numbers.Owns(q.To.Number()) {
		return nil
	}
	trunks, err := r.trunks.Route(q.To.Number())
	if err != nil || slices.ContainsFunc(trunks, func(t *trunk.Trunk) bool { return r.shows(t, q) }) {
		return nil // where no route takes the number, whoever dials says so
	}
	r.refusals.add(ruleCallerID)
	return r.unshown(q, trunks[0])
}

// capable refuses a number of ours that makes no calls.
func (r *Rules) capable(q Request) error {
	number := q.From.Number()
	if q.Forwarded || !r.numbers.Owns(number) {
		return nil
	}
	if outbound, _ := r.numbers.Calls(number); outbound {
		return nil
	}
	r.refusals.add(ruleCapabilities)
	return fault.Forbidden("sourceCallerIdNumber: %s does not make calls: its capability for calling is not outbound", number).WithCode(codeCallerID)
}

// shows reports whether a trunk takes the caller id of a call.
func (r *Rules) shows(t *trunk.Trunk, q Request) bool {
	number := q.From.Number()
	switch {
	case q.Forwarded || t.CallerIDs.Any || r.numbers.Owns(number):
		return true
	}
	return slices.Contains(t.CallerIDs.Numbers, number)
}

func (r *Rules) unshown(q Request, t *trunk.Trunk) error {
	also := ""
	if len(t.CallerIDs.Numbers) > 0 {
		also = ", nor one of " + strings.Join(t.CallerIDs.Numbers, ", ")
	}
	return fault.Forbidden("sourceCallerIdNumber: %s is not a number of this resource%s, and trunk %s shows no other; add it to numbers, or to the trunk's caller-ids",
		q.From.Number(), also, t.Name).WithCode(codeCallerID)
}

// Takes refuses a call to a number of ours that takes none.
func (r *Rules) Takes(number string) error {
	if r == nil || !r.numbers.Owns(number) {
		return nil
	}
	if _, inbound := r.numbers.Calls(number); inbound {
		return nil
	}
	r.refusals.add(ruleCapabilities)
	return fault.NotFound("the number %s takes no calls: its capability for calling is not inbound", number)
}
