package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// invited is somebody on the way into a call, who can still be called off.
type invited struct {
	who   identifier.ID
	abort func(Reason) // no further news comes of it, unless it is up already
}

// invite calls somebody into the call: a phone over its network, an identity by
// letting applications know. join hears once how it ended.
func (c *Call) invite(in Invitation, wait patience, j *join) *invited {
	if in.To.Kind() == identifier.PhoneNumber {
		return c.dial(in, wait.phone, j)
	}
	current := &invited{who: in.To}
	r := &ring{invitation: in, rings: j.ringing, outcome: &invitedIdentity{call: c, wait: wait, join: j, current: current}}
	current.abort = func(why Reason) {
		if r.state != decided {
			r.fail(why)
		}
	}
	if c.ringFor(r, wait) == 0 {
		c.registry.untold.write(c.log, "to", in.To)
	}
	return current
}

// patience is how long somebody may take to answer.
func (r *Registry) patience(target identifier.ID) patience {
	if target.Kind() == identifier.PhoneNumber {
		return patience{r.cfg.RingApplication, r.cfg.RingPhone}
	}
	return patience{r.cfg.RingApplication, r.cfg.RingDevice}
}

// dial calls a phone number, ours or another.
func (c *Call) dial(in Invitation, patience time.Duration, j *join) *invited {
	callee := c.call(in, patience, j)
	return &invited{in.To, func(why Reason) {
		if callee.join != nil {
			callee.end(why)
		}
	}}
}

// call starts a leg to a phone number, or to a telephone of a user.
func (c *Call) call(in Invitation, patience time.Duration, j *join) *endpoint {
	c.detailInvitation(in)
	callee := &endpoint{id: in.To, call: c, join: j, began: time.Now()}
	if c.registry.owns(in.From) {
		callee.line = in.From
	}
	c.endpoints = append(c.endpoints, callee)
	callee.ringing = c.after(patience, func() {
		callee.end(Reason{Kind: NoAnswer, Text: "the phone was not answered in time"})
	})
	dialer := c.registry.dialer(in)
	if _, own := dialer.(ownNumber); own {
		callee.place = onOwnNumber
	}
	release := c.keep()
	c.work.Go(func() {
		var leg Leg
		err := c.contain("dial", func() (err error) {
			leg, err = c.registry.dial(dialer, in, callee.report)
			return err
		})
		if !c.post(func() { release(); c.dialReturned(callee, leg, err) }) && err == nil {
			c.contain("end a leg", func() error { leg.End(errBroken); return nil }) // the call was given up
		}
	})
	return callee
}

// dialReturned takes the leg that was started, or learns that none was.
func (c *Call) dialReturned(callee *endpoint, leg Leg, err error) {
	if err == nil {
		callee.started(leg)
		return
	}
	callee.stopRinging()
	c.log.Warn("dialling failed", "to", callee.id, "error", err)
	c.departed(callee, Reason{Kind: dialFailure(err), Text: err.Error()})
}

// dialFailure turns the fault of a Dial into a reason.
func dialFailure(err error) ReasonKind {
	if permit.CallerIDRefused(err) {
		return CallerIDRefused
	}
	switch fault.Of(err).Kind {
	case fault.KindNotFound:
		return NotFound
	case fault.KindPrecondition:
		return NoListener
	case fault.KindForbidden:
		return Forbidden
	case fault.KindBusy, fault.KindThrottled:
		return Overloaded
	case fault.KindUnsupported, fault.KindInvalid:
		return Unsupported
	}
	return Unreachable
}
