package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Answer takes a call that rings for the application. by is the identity that
// answers; zero where the request named none.
func (r *Registry) Answer(ctx context.Context, incomingCallContext string, by identifier.ID, control Control) (Properties, error) {
	ringing, err := r.waiting(incomingCallContext)
	if err != nil {
		return Properties{}, err
	}
	if !by.IsZero() && by.Resource() != r.cfg.Resource {
		return Properties{}, AnswererForeign.because("%s does not belong to this resource (%s).", by, r.cfg.Resource)
	}
	return ask(ctx, ringing.call, func() (Properties, error) {
		if err := ringing.decide(takenElsewhere); err != nil {
			return Properties{}, err
		}
		return ringing.outcome.answered(ringing, by, control), nil
	})
}

// openAnswer makes the application the callee. Towards an identity the
// application is that identity; towards a phone number it is by, or a new one.
func (c *Call) openAnswer(in Invitation, by identifier.ID, control Control) *Connection {
	made := Properties{Source: in.From, DisplayName: in.DisplayName, AnsweredBy: by}
	id := in.To
	if in.To.Kind() == identifier.PhoneNumber {
		if id = by; id.IsZero() {
			id = identifier.NewUser(c.registry.cfg.Resource)
		}
		made.AnsweredBy, made.AnsweredFor = id, in.To
	}
	made.Targets = []identifier.ID{id}
	return c.open(control, AnswerOperation, c.newApplication(id, inApplication), made)
}
