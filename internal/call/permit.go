package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// permit is the one gate for calls that leave this resource, whoever asks for them and
// however: create, add, transfer, redirect, an INVITE of a telephone, its REFER. It
// takes the permission before anything of the call is begun, so that who asks is
// refused at once. A caller id that an application may not show is told by an event,
// as ACS does: dial looks at it.
func (r *Registry) permit(in *Invitation) (err error) {
	in.To = r.normal(in.To)
	if in.release != nil {
		return nil
	}
	if in.byUser() && in.showsForeignNumber(r) && !r.cfg.Permit.IsEmergency(in.To) {
		return fault.Forbidden("the caller id %s is not a number of this resource", in.CallerID.Number())
	}
	if !r.leavesUs(in.To) {
		return nil
	}
	if in.byUser() {
		if err := r.permitUser(in); err != nil {
			return err
		}
	}
	in.release, err = r.cfg.Permit.Reserve(in.request())
	return err
}

// permit is the registry's gate, of whichever kind, for a call that begins in this turn.
func (c *Call) permit(in *Invitation, ask func(*Invitation) error) error {
	err := ask(in)
	if err == nil {
		c.hold(*in)
	}
	return err
}

// hold has the permission of an invitation given back where this message of the turn panics,
// before somebody is dialled, to whose leg it belongs then.
func (c *Call) hold(in Invitation) {
	if in.release != nil {
		c.held = append(c.held, in.release)
	}
}

// permitFurther is permit for a number that a user calls into a call which counts among the
// user's already, or which nobody counts: it counts by itself.
func (r *Registry) permitFurther(in *Invitation) error {
	return r.permitCounted(in, r.cfg.Permit.AdmitUser)
}

// permitSuccessor is permit for a number that takes the place of a telephone. It goes on when
// that has left, and counts among the calls of its user.
func (r *Registry) permitSuccessor(in *Invitation) error {
	return r.permitCounted(in, r.cfg.Permit.AdmitSuccessor)
}

// permitCounted is permit for a call to a number elsewhere that counts among those of the
// user who asks, if it is a user.
func (r *Registry) permitCounted(in *Invitation, admit func(user string, to identifier.ID) (leave func(), err error)) error {
	to := r.normal(in.To)
	if !in.byUser() || !r.leavesUs(to) {
		return r.permit(in)
	}
	leave, err := admit(in.By, to)
	if err != nil {
		return err
	}
	if err := r.permit(in); err != nil {
		leave()
		return err
	}
	reserved := in.release
	in.release = func() { reserved(); leave() }
	return nil
}

// byUser reports whether a telephone of a user asks for the call.
func (in Invitation) byUser() bool {
	by, err := identifier.Parse(in.By)
	return err == nil && by.Kind() == identifier.CommunicationUser
}

// showsForeignNumber reports whether who is called sees a caller id that is neither ours nor
// the line of who asks: a call to one of our own numbers shows an application who calls.
func (in Invitation) showsForeignNumber(r *Registry) bool {
	if in.From.Kind() != identifier.PhoneNumber || in.From != in.CallerID || r.owns(in.CallerID) {
		return false
	}
	user, stands := r.lineUser(in.CallerID)
	return !stands || user.Raw() != in.By
}

// permitUser says whether a user's telephone may call a number elsewhere, and what
// that number sees: the credential's caller id, which has to be ours, whomever the
// telephone calls for.
func (r *Registry) permitUser(in *Invitation) error {
	switch owned := !in.CallerID.IsZero() && r.owns(in.CallerID); {
	case r.cfg.Permit.IsEmergency(in.To):
		r.callEmergency(in, owned)
		return nil
	case in.CallerID.IsZero():
		return fault.Forbidden("this telephone may not call %s: its credential has no caller id", in.To.Number())
	case !owned:
		return fault.Forbidden("this telephone may not call %s: its caller id %s is not an owned number any more", in.To.Number(), in.CallerID.Number())
	}
	in.From, in.Forwarded, in.Identities = in.CallerID, false, nil
	return nil
}

// callEmergency prepares the call of a user's telephone to an emergency service, which it may make
// with a caller id or without. The service sees a number in any case, where there is one, so that it
// can call back: also where the telephone withholds it (Directive 2002/58/EC, article 10).
func (r *Registry) callEmergency(in *Invitation, owned bool) {
	if !owned {
		in.CallerID = r.cfg.Permit.EmergencyCaller()
	}
	if !in.CallerID.IsZero() {
		in.From = in.CallerID
	}
	in.Forwarded, in.Withheld, in.Identities = false, false, nil
	r.log.Info("a telephone of a user calls an emergency service", "user", in.By, "number", in.To, "caller_id", in.CallerID)
}

// normal is the one form of a number, by which it is judged, called and listed;
// identities are themselves. Whoever names somebody to call comes past it.
func (r *Registry) normal(to identifier.ID) identifier.ID {
	if to.Kind() != identifier.PhoneNumber {
		return to
	}
	return r.cfg.Permit.Normal(to)
}

// leavesUs reports whether a call to somebody goes over a trunk.
func (r *Registry) leavesUs(to identifier.ID) bool {
	return to.Kind() == identifier.PhoneNumber && !r.owns(to)
}

func (in Invitation) request() permit.Request {
	return permit.Request{By: in.By, IssuedBy: in.IssuedBy, From: in.From, To: in.To, Forwarded: in.Forwarded}
}

// giveBack releases the permission of an invitation that nobody will follow.
func (in Invitation) giveBack() {
	if in.release != nil {
		in.release()
	}
}

// dial starts a leg that has permission, and gives it back with the leg's end,
// whichever call the leg has come to.
func (r *Registry) dial(dialer Dialer, in Invitation, report func(Report)) (Leg, error) {
	if err := r.permit(&in); err != nil {
		return nil, err
	}
	if in.To.Kind() == identifier.PhoneNumber {
		if err := r.cfg.Permit.CallerID(in.request()); err != nil {
			in.giveBack()
			return nil, err
		}
	}
	started := false
	defer func() {
		if !started { // a dialer that panics included
			in.giveBack()
		}
	}()
	leg, err := dialer.Dial(context.Background(), in, func(news Report) {
		if _, over := news.(Ended); over {
			in.giveBack()
		}
		report(news)
	})
	started = err == nil
	return leg, err
}
