package calltest

import (
	"context"

	"github.com/switchhook/switchhook/internal/call"
)

// Dialer hands out legs that were dialled, one after the other.
type Dialer struct {
	Dialled chan *Leg
	Fail    error // returned instead of a leg
}

// NewDialer returns a dialer that reaches everybody.
func NewDialer() *Dialer { return &Dialer{Dialled: make(chan *Leg, 16)} }

// Dial makes a leg that does nothing until the test lets it.
func (d *Dialer) Dial(_ context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	if d.Fail != nil {
		return nil, d.Fail
	}
	leg := Inbound()
	leg.Invitation, leg.outbound = in, true
	leg.Told(report)
	d.Dialled <- leg
	return leg, nil
}
