package call

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Redirect is where an incoming call shall go instead.
type Redirect struct {
	Target      identifier.ID
	By          string // who asks, as package permit names askers
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
}

// maxRedirects ends calls that applications and telephones send to each other for ever.
const maxRedirects = 10

// Redirect sends a call that rings for the application somewhere else. No event
// follows for the application, which has nothing to do with the call any more.
func (r *Registry) Redirect(ctx context.Context, incomingCallContext string, to Redirect) error {
	ringing, err := r.waiting(incomingCallContext)
	if err != nil {
		return err
	}
	to.Target = r.normal(to.Target)
	c := ringing.call
	return c.do(ctx, func() error {
		in := ringing.invitation
		if in.redirects >= maxRedirects {
			return c.endLoop(ringing, to.Target)
		}
		if err := c.checkRedirect(in, to.Target); err != nil {
			return err
		}
		called := in.To
		if ringing.state == decided {
			return ringing.decide(sentOn)
		}
		onward := in
		onward.To, onward.By, onward.IssuedBy = to.Target, to.By, ""
		if err := c.permit(&onward, c.registry.permit); err != nil {
			return err
		}
		if err := ringing.decide(sentOn); err != nil {
			return err
		}
		in.By, in.IssuedBy, in.release = to.By, "", onward.release
		in.To, in.redirects, in.Diverted = to.Target, in.redirects+1, append(slices.Clone(in.Diverted), called)
		if len(to.SIPHeaders)+len(to.VoIPHeaders) > 0 {
			in.SIPHeaders, in.VoIPHeaders = to.SIPHeaders, to.VoIPHeaders
		}
		c.log.Info("call redirected", "from", called, "to", in.To)
		ringing.outcome.redirected(in, called)
		return nil
	})
}

// endLoop ends a call that applications send around, so that its caller need not
// wait and its record says what happened (RFC 3261 §21.4.20).
func (c *Call) endLoop(ringing *ring, target identifier.ID) error {
	if err := ringing.decide(refusedForAll); err != nil {
		return err
	}
	in := ringing.invitation
	c.log.Warn("redirect loop ended", "from", in.From, "at", in.To, "to", target, "redirects", in.redirects)
	text := fmt.Sprintf("the call was redirected %d times: a loop", in.redirects)
	ringing.outcome.failed(Reason{Kind: Failed, Text: text, SIP: Status{482, "Loop Detected"}, Q850: Cause{25, "Exchange routing error"}})
	return RedirectLoop.because("The call was redirected %d times already; this is a loop, and the call was ended. Filter the subscription by data.to, or look at it before redirecting.", in.redirects)
}

func (c *Call) checkRedirect(in Invitation, target identifier.ID) error {
	if target.Kind() == identifier.PhoneNumber && !c.registry.owns(target) && in.From.Kind() != identifier.PhoneNumber {
		return NotRedirectable.because("A call from %s cannot be redirected to a phone number.", in.From)
	}
	return checkTarget(target, in.To, c.registry.cfg.Resource)
}

// redirectCaller sends a caller on a wire to somebody else: an identity or a
// number of ours rings for applications; another number is dialled with the
// callee's own number, and the caller is answered when that one is.
func (c *Call) redirectCaller(caller *endpoint, in Invitation, called identifier.ID) {
	if in.To.Kind() != identifier.PhoneNumber || c.registry.owns(in.To) {
		if c.ringCaller(caller, in) == 0 {
			c.registry.untold.write(c.log, "to", in.To)
		}
		return
	}
	in.From = called
	in.Forwarded = false
	c.connectTo(caller, in)
}
