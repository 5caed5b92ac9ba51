package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Create is a call that an application wants to make.
type Create struct {
	Target      identifier.ID
	Source      identifier.ID // who the application is; zero: a new identity
	CallerID    identifier.ID // the number shown to a phone; needed to call one
	DisplayName string        // what the callee sees beside the caller
	Control     Control
}

// check refuses what can never become a call.
func (c Create) check(resource string) error {
	switch c.Target.Kind() {
	case identifier.PhoneNumber:
		switch {
		case !c.Target.IsDialable():
			return fault.Invalid("%q is not a phone number that can be called.", c.Target.Number()).WithCode("7602")
		case c.CallerID.IsZero():
			return fault.Invalid("sourceCallerIdNumber is required to call a phone number.").WithCode("8523")
		}
	case identifier.CommunicationUser:
		if c.Target.Resource() != resource {
			return fault.Forbidden("%s does not belong to this resource (%s).", c.Target, resource).WithCode("7507")
		}
	default:
		return fault.Invalid("A target of kind %s cannot be called.", c.Target.Kind()).WithCode("7602")
	}
	if !c.Source.IsZero() && c.Source.Resource() != resource {
		return fault.Forbidden("The source %s does not belong to this resource (%s).", c.Source, resource).WithCode("7507")
	}
	return nil
}

// Create starts a call and returns the connection as it begins.
func (r *Registry) Create(ctx context.Context, create Create) (p Properties, err error) {
	if err := create.check(r.cfg.Resource); err != nil {
		return Properties{}, err
	}
	if create.Source.IsZero() {
		create.Source = identifier.NewUser(r.cfg.Resource)
	}
	c, err := r.start()
	if err != nil {
		return Properties{}, err
	}
	err = c.do(ctx, func() error {
		p = c.create(create)
		return nil
	})
	return p, err
}

func (c *Call) create(create Create) Properties {
	self := c.newApplication(create.Source)
	conn := c.open(create.Control, CreateOperation, self, Properties{
		Targets: []identifier.ID{create.Target}, Source: create.Source,
		CallerID: create.CallerID, DisplayName: create.DisplayName,
	})
	c.log.Info("call created", "from", create.Source, "to", create.Target)
	in := Invitation{From: create.Source, To: create.Target, DisplayName: create.DisplayName}
	made := conn.made // before anything can end it
	if create.Target.Kind() == identifier.PhoneNumber {
		in.From = create.CallerID
		c.dial(in)
		return made
	}
	if c.ringFor(in) == 0 {
		c.log.Warn("nobody is told of the call: no subscription takes it", "to", create.Target)
	}
	return made
}

// dial starts a leg to a phone number, ours or another.
func (c *Call) dial(in Invitation) {
	callee := &participant{id: in.To, call: c}
	c.participants = append(c.participants, callee)
	callee.patience = c.after(c.registry.cfg.RingPhone, func() {
		callee.end(Reason{Kind: NoAnswer, Text: "the phone was not answered in time"})
	})
	c.dialling++
	report := func(news Report) { c.post(func() { callee.news(news) }) }
	dialer := c.registry.cfg.Dialer
	if c.registry.owns(in.To) {
		dialer = ownNumber{c.registry}
	}
	c.work.Go(func() {
		leg, err := dialer.Dial(context.Background(), in, report)
		c.post(func() { c.dialled(callee, leg, err) })
	})
}

// dialled takes the leg that was started, or learns that none was.
func (c *Call) dialled(callee *participant, leg Leg, err error) {
	c.dialling--
	if err == nil {
		callee.started(leg)
		return
	}
	callee.stopPatience()
	callee.legEnded = true
	c.log.Warn("dialling failed", "to", callee.id, "error", err)
	c.legEnded(callee, Reason{Kind: dialFailure(err), Text: err.Error()})
}

// dialFailure turns the fault of a Dial into a reason.
func dialFailure(err error) ReasonKind {
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
