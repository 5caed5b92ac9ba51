package call

import (
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// fromUser takes a call of a user's telephone, and counts it among the user's until
// the leg has ended.
func (r *Registry) fromUser(in Invitation, leg Leg) (report func(Report), err error) {
	return r.countedForUser(in.From, in.To, func() (func(Report), error) { return r.routeUser(in, leg) })
}

// countedForUser begins a call that counts among the user's until its leg has ended.
func (r *Registry) countedForUser(user, to identifier.ID, begin func() (func(Report), error)) (report func(Report), err error) {
	leave, err := r.cfg.Permit.AdmitUser(user.Raw(), to)
	if err != nil {
		return nil, err
	}
	tell, err := begin()
	if err != nil {
		leave()
		return nil, err
	}
	return func(news Report) {
		if _, over := news.(Ended); over {
			leave()
		}
		tell(news)
	}, nil
}

// routeUser leads a call of a user's telephone to another user, to a number of ours,
// or to one elsewhere.
func (r *Registry) routeUser(in Invitation, leg Leg) (report func(Report), err error) {
	in.By, in.To = in.From.Raw(), r.normal(in.To)
	switch {
	case in.To == in.From:
		return nil, fault.Forbidden("a user cannot call itself")
	case r.callsAsLine(in):
		return r.callAsLine(in, leg)
	case in.To.Kind() == identifier.CommunicationUser && in.To.Resource() == r.cfg.Resource, r.owns(in.To):
		return r.ringIn(in, leg)
	case in.To.IsDialable():
		return r.callOut(in, leg)
	}
	return nil, fault.NotFound("nobody here is called %s", in.To)
}

// callOut calls a number elsewhere for a telephone.
func (r *Registry) callOut(in Invitation, leg Leg) (report func(Report), err error) {
	onward := in
	if err := r.permit(&onward); err != nil {
		return nil, err
	}
	return r.callThrough(in, onward, leg)
}

// callThrough starts the call of a telephone, and dials whom it calls.
func (r *Registry) callThrough(in, onward Invitation, leg Leg) (report func(Report), err error) {
	caller := newCaller(in, leg)
	report, err = startFor(r, in.To, func(c *Call) func(Report) {
		caller.call = c
		c.endpoints = append(c.endpoints, caller)
		c.record.startedBy = caller.id
		c.detailInvitation(in)
		caller.step(LegCame)
		caller.join = &join{down: endsItsCall}
		c.log.Info("user calls out", "from", caller.id, "to", in.To)
		c.connectTo(caller, onward)
		return caller.report
	})
	if err != nil {
		onward.giveBack()
	}
	return report, err
}

// connectTo dials a number for a caller on a wire, who hears it ring and is
// answered when it is.
func (c *Call) connectTo(caller *endpoint, in Invitation) {
	c.dial(in, c.registry.cfg.RingPhone, &join{
		ringing: caller.leg.Ring,
		early:   func(callee *endpoint) { c.letHear(caller, callee) },
		up:      func(*endpoint) { c.answerCaller(caller) },
		down:    func(_ *endpoint, why Reason) { c.finish(why, nil) },
	})
}

// answerCaller answers a caller on a wire, whose callee is on a wire as well.
func (c *Call) answerCaller(caller *endpoint) {
	caller.join.up = func(*endpoint) {
		c.limitDuration()
		c.tellRoster()
	}
	caller.answer()
}
