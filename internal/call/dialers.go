package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Dialer starts outbound legs. Dial returns as soon as the attempt is under way;
// its progress and its end are reported. An error means that nothing was started
// and no report will come; a fault's kind tells why (NotFound: no route).
// The leg's life does not depend on ctx once Dial has returned.
type Dialer interface {
	Dial(ctx context.Context, invitation Invitation, report func(Report)) (Leg, error)
}

// Dialers reach endpoints, one for each kind of them. A nil one reaches nobody.
type Dialers struct {
	Numbers Dialer // phone numbers that are not ours, over trunks
	Phones  Dialer // registered telephones of users, by Invitation.Device
}

// dialer chooses by the kind of the endpoint. A number of ours is a call of its
// own, without a wire.
func (r *Registry) dialer(in Invitation) Dialer {
	if user, ok := r.lineUser(in.To); ok {
		return line{r, user}
	}
	chosen := r.cfg.Dialers.Numbers
	switch {
	case r.owns(in.To):
		return ownNumber{r}
	case in.To.Kind() == identifier.CommunicationUser:
		chosen = r.cfg.Dialers.Phones
	}
	if chosen == nil {
		return nowhere{}
	}
	return chosen
}

// nowhere is the dialer of endpoints that cannot be reached in this configuration.
type nowhere struct{}

// Dial refuses.
func (nowhere) Dial(_ context.Context, in Invitation, _ func(Report)) (Leg, error) {
	return nil, fault.Unsupported("%s cannot be called: this server has no way to such endpoints", in.To)
}
