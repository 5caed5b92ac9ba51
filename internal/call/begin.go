package call

import (
	"slices"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// echoBot is the identity that answers with an echo (Calling SDK, "echo bot").
const echoBot = "8:echo123"

// Begin is a call that a user's client makes.
type Begin struct {
	From        identifier.ID
	DisplayName string
	Targets     []identifier.ID // one: a call of two; several: a group
	CallerID    identifier.ID   // the number of ours that phone numbers see; zero: none may be called
	IssuedBy    string          // who made the client's token, as package permit names askers
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
}

// Begin calls somebody for a client. The leg's reports go to the function returned. A
// fault says why the call is not made, as for Incoming.
func (r *Registry) Begin(b Begin, leg Leg) (report func(Report), err error) {
	targets := distinct(r.normalAll(b.Targets))
	switch {
	case len(targets) == 0 || len(targets) > MaxTargets:
		return nil, TargetCount.because("Between 1 and %d targets are required.", MaxTargets)
	case len(targets) == 1 && targets[0].Raw() == echoBot:
		return r.takeEcho(b.invitation(targets[0]), leg)
	}
	for _, target := range targets {
		if err := checkTarget(target, b.CallerID, r.cfg.Resource); err != nil {
			return nil, err
		}
		if target == b.From {
			return nil, fault.Forbidden("a user cannot call itself")
		}
	}
	if len(targets) == 1 {
		return r.fromUser(b.invitation(targets[0]), leg)
	}
	return r.countedForUser(b.From, r.limited(targets), func() (func(Report), error) { return r.beginGroup(b, targets, leg) })
}

// limited is one of several targets whose calls the limit of a user's calls is about: an
// emergency number among others frees none of them.
func (r *Registry) limited(targets []identifier.ID) identifier.ID {
	if at := slices.IndexFunc(targets, func(to identifier.ID) bool { return !r.cfg.Permit.IsEmergency(to) }); at >= 0 {
		return targets[at]
	}
	return targets[0]
}

// invitation is the call to one of the targets.
func (b Begin) invitation(to identifier.ID) Invitation {
	return Invitation{
		From: b.From, To: to, DisplayName: b.DisplayName, CallerID: b.CallerID,
		SIPHeaders: b.SIPHeaders, VoIPHeaders: b.VoIPHeaders, By: b.From.Raw(), IssuedBy: b.IssuedBy,
	}
}

// beginGroup calls several people, if all of them may be called.
func (r *Registry) beginGroup(b Begin, targets []identifier.ID, leg Leg) (report func(Report), err error) {
	invitations := make([]Invitation, len(targets))
	permit := r.permit // the call counts for the first number that is limited
	for i, target := range targets {
		invitations[i] = b.invitation(target)
		if target.Kind() == identifier.PhoneNumber {
			invitations[i].From = b.CallerID
		}
		if err := permit(&invitations[i]); err != nil {
			giveAllBack(invitations[:i])
			return nil, err
		}
		if to := invitations[i].To; r.leavesUs(to) && !r.cfg.Permit.IsEmergency(to) {
			permit = r.permitFurther
		}
	}
	report, err = start(r, func(c *Call) func(Report) { return c.beginGroup(b, invitations, leg) })
	if err != nil {
		giveAllBack(invitations)
	}
	return report, err
}

func giveAllBack(list []Invitation) {
	for _, in := range list {
		in.giveBack()
	}
}

// beginGroup lets everybody ring. The caller is answered with the first.
func (c *Call) beginGroup(b Begin, invitations []Invitation, leg Leg) func(Report) {
	caller := newCaller(b.invitation(invitations[0].To), leg)
	caller.call = c
	c.endpoints = append(c.endpoints, caller)
	c.becomeGroup()
	c.record.startedBy = caller.id
	caller.join = &join{down: func(_ *endpoint, why Reason) { c.finish(why, nil) }}
	c.log.Info("a client calls a group", "from", caller.id, "targets", len(invitations))
	missing, answered := len(invitations), false
	for _, in := range invitations {
		c.expect(in, c.registry.patience(in.To), &join{
			ringing: leg.Ring,
			up: func(*endpoint) {
				if !answered && caller.join != nil {
					c.answerCaller(caller)
				}
				answered = true
				c.tellRoster()
			},
			down: func(_ *endpoint, why Reason) {
				if missing--; missing == 0 && !answered {
					c.finish(why, nil)
					return
				}
				c.notCome(why)
			},
		})
	}
	return caller.report
}
