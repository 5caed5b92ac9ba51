package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Lines are phone numbers elsewhere that users of ours stand in for, to try an
// application without a phone. An application sees a phone number in both directions.
type Lines interface {
	User(number string) (user identifier.ID, ok bool)
}

type noLines struct{}

func (noLines) User(string) (identifier.ID, bool) { return identifier.ID{}, false }

// lineUser is who stands in for a number that is not ours.
func (r *Registry) lineUser(number identifier.ID) (user identifier.ID, ok bool) {
	if number.Kind() != identifier.PhoneNumber || r.owns(number) {
		return user, false
	}
	return r.cfg.Lines.User(number.Number())
}

// callsAsLine reports whether a user calls a number of ours by a line of its own.
func (r *Registry) callsAsLine(in Invitation) bool {
	user, ok := r.lineUser(in.CallerID)
	return ok && user == in.From && r.owns(in.To)
}

// callAsLine lets a user call a number of ours as a phone: two calls, as over the
// public network. What only identities have does not come through.
func (r *Registry) callAsLine(in Invitation, leg Leg) (report func(Report), err error) {
	onward := in
	onward.From, onward.VoIPHeaders = in.CallerID, nil
	return r.callThrough(in, onward, leg)
}

// line dials a number that a user stands in for. Its telephones and browsers ring,
// and no application is told: for an application the number is elsewhere.
type line struct {
	registry *Registry
	user     identifier.ID
}

// Dial makes the two ends and lets the user's devices ring.
func (l line) Dial(_ context.Context, in Invitation, report func(Report)) (Leg, error) {
	out, back := newHairpin(report)
	number := in.To
	in.To, in.unannounced, in.release = l.user, true, nil
	arrived, err := l.registry.ringIn(in, back)
	if fault.Is(err, fault.KindPrecondition) {
		return nil, fault.Precondition("no browser and no telephone of the user who stands in for %s is signed in", number.Number())
	}
	if err != nil {
		return nil, err
	}
	back.tell.to(arrived)
	return out, nil
}
