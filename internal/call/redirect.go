package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Redirect is where an incoming call shall go instead.
type Redirect struct {
	Target      identifier.ID
	By          string // who asks, as package permit names askers
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
}

// maxRedirects ends calls that applications send to each other for ever.
const maxRedirects = 10

// Redirect sends a call that rings for the application somewhere else. No event
// follows for the application, which has nothing to do with the call any more.
func (r *Registry) Redirect(ctx context.Context, incomingCallContext string, to Redirect) error {
	ringing, err := r.waiting(incomingCallContext)
	if err != nil {
		return err
	}
	c := ringing.call
	return c.do(ctx, func() error {
		in := ringing.invitation
		if err := c.checkRedirect(in, to.Target); err != nil {
			return err
		}
		called := in.To
		if ringing.decided {
			return ringing.decide(sentOn)
		}
		onward := in
		onward.To, onward.By = to.Target, to.By
		if err := c.registry.permit(&onward); err != nil {
			return err
		}
		if err := ringing.decide(sentOn); err != nil {
			return err
		}
		in.By, in.release = to.By, onward.release
		in.To, in.redirects = to.Target, in.redirects+1
		if to.SIPHeaders != nil || to.VoIPHeaders != nil {
			in.SIPHeaders, in.VoIPHeaders = to.SIPHeaders, to.VoIPHeaders
		}
		c.log.Info("call redirected", "from", called, "to", in.To)
		ringing.redirected(in, called)
		return nil
	})
}

func (c *Call) checkRedirect(in Invitation, target identifier.ID) error {
	if in.redirects >= maxRedirects {
		c.log.Warn("redirect loop ended", "from", in.From, "to", target, "redirects", in.redirects)
		return fault.Invalid("The call was redirected %d times already: this looks like a loop.", in.redirects).WithCode("8585")
	}
	if target.Kind() == identifier.PhoneNumber && !c.registry.owns(target) && in.From.Kind() != identifier.PhoneNumber {
		return fault.Unsupported("A call from %s cannot be redirected to a phone number.", in.From).WithCode("8520")
	}
	return checkTarget(target, in.To, c.registry.cfg.Resource)
}

// redirectCaller sends a caller on a wire to somebody else: an identity or a
// number of ours rings for applications; another number is dialled with the
// callee's own number, and the caller is answered when that one is.
func (c *Call) redirectCaller(caller *participant, in Invitation, called identifier.ID) {
	if in.To.Kind() != identifier.PhoneNumber || c.registry.owns(in.To) {
		if c.ringCaller(caller, in) == 0 {
			c.log.Warn("nobody is told of the call: no subscription takes it", "to", in.To)
		}
		return
	}
	in.From = called
	in.Forwarded = false
	c.connectTo(caller, in)
}
