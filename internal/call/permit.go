package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// permit takes a permission for an invitation before anything of it is begun, so
// that who asks is refused at once. A caller id that may not be shown is told by
// an event, as ACS does: dial looks at it.
func (r *Registry) permit(in *Invitation) (err error) {
	if in.release == nil && r.leavesUs(in.To) {
		in.release, err = r.cfg.Permit.Spend(in.request())
	}
	return err
}

// leavesUs reports whether a call to somebody goes over a trunk.
func (r *Registry) leavesUs(to identifier.ID) bool {
	return to.Kind() == identifier.PhoneNumber && !r.owns(to)
}

func (in Invitation) request() permit.Request {
	return permit.Request{By: in.By, From: in.From, To: in.To, Forwarded: in.Forwarded}
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
	leg, err := dialer.Dial(context.Background(), in, func(news Report) {
		if _, over := news.(Ended); over {
			in.giveBack()
		}
		report(news)
	})
	if err != nil {
		in.giveBack()
	}
	return leg, err
}
