package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// ForwardWanted says that a telephone of a user, which rings, does not take the call and
// names who shall be called in its place (SIP's 302, RFC 3261 §21.3.3). Ended follows.
type ForwardWanted struct {
	To       identifier.ID
	CallerID identifier.ID // of the telephone's credential; zero: it may bring in no number elsewhere
	IssuedBy string        // who issued that credential, as package permit names askers
}

func (ForwardWanted) report() {}

// maxForwards bounds to how many others the telephones of a user send one call.
const maxForwards = 5

// phoneForwards is a telephone that sends the call on: whom it names rings in its place,
// beside the user's other telephones and the applications. Who refuses that, or whom nobody
// can reach, leaves it a refusal.
func (r *ring) phoneForwards(e *endpoint, want ForwardWanted) {
	in := r.invitation
	in.To, in.By, in.CallerID, in.IssuedBy = r.call.registry.normal(want.To), e.id.Raw(), want.CallerID, want.IssuedBy
	in.Device, in.release, in.redirects = "", nil, in.redirects+1
	in.Diverted = append(slices.Clone(in.Diverted), e.id)
	if err := r.forward(in); err != nil {
		r.call.log.Warn("phone's call is not forwarded", "participant", e.id, "to", in.To, "reason", err)
		return
	}
	r.call.log.Info("phone forwards its call", "participant", e.id, "to", in.To)
}

// forward lets somebody else ring, by the rules for a call of the telephone's own.
func (r *ring) forward(in Invitation) error {
	c := r.call
	switch {
	case in.redirects > maxRedirects:
		return fault.Forbidden("the call was sent on %d times already, which looks like a loop", maxRedirects)
	case len(r.forwarded) == maxForwards:
		return fault.Forbidden("the call was forwarded %d times already", maxForwards)
	case in.To == in.From || in.To == r.invitation.To || slices.Contains(r.forwarded, in.To):
		return fault.Forbidden("the call comes from %s, or rings there already", in.To)
	}
	if err := c.checkAbsent(in.To); err != nil {
		return err
	}
	if err := c.mayBeInvited(in.To); err != nil {
		return err
	}
	if err := checkTarget(in.To, in.From, c.registry.cfg.Resource); err != nil {
		return err
	}
	if err := c.permit(&in, c.registry.permitFurther); err != nil {
		return err
	}
	devices := []string{""} // a number's
	if in.To.Kind() == identifier.CommunicationUser {
		devices = c.registry.cfg.Devices.Devices(in.To)
	}
	if len(devices) == 0 {
		return fault.NotFound("%s has no telephone", in.To)
	}
	r.forwarded = append(r.forwarded, in.To)
	r.callDevices(in, devices)
	return nil
}

// callDevices lets telephones ring for as long as the first ones did from the beginning.
func (r *ring) callDevices(in Invitation, devices []string) {
	for _, device := range devices[:min(len(devices), maxForks)] {
		in.Device = device
		r.phones = append(r.phones, r.call.call(in, max(time.Until(r.until), 0), &join{
			ringing: r.rings, up: r.phonePickedUp, down: r.phoneRefused, forward: r.phoneForwards,
		}))
	}
}
