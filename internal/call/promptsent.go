package call

import (
	"context"
	"errors"
	"slices"
)

// ErrUnsent is a prompt of which no packet could be sent to anybody: those who were to hear
// it had all put the call on hold, or could not be reached.
var ErrUnsent = errors.New("no packet of the prompt could be sent to anybody who was to hear it")

// carriage is what a leg had carried when a prompt began.
type carriage struct {
	port           *legPort
	sent, withheld uint64
}

// playSent is playAll, but that a prompt fails of which nothing could be sent.
func (c *Call) playSent(ctx context.Context, list []Prompt, loop bool, speakers []speaker, started func()) (err error) {
	defer c.promptCaught(&err)
	var before []carriage
	err = c.playAll(ctx, list, loop, speakers, func() {
		for _, port := range c.portsOf(ctx, speakers) {
			sent, withheld := port.Carried()
			before = append(before, carriage{port, sent, withheld})
		}
		started()
	})
	if err == nil && !c.carried(ctx, speakers, before) {
		return &sourceError{0, ErrUnsent}
	}
	return err
}

// carried reports whether any leg may have carried a prompt that is over. Who came
// meanwhile has carried nothing before.
func (c *Call) carried(ctx context.Context, speakers []speaker, before []carriage) bool {
	for _, port := range c.portsOf(ctx, speakers) {
		if !slices.ContainsFunc(before, func(b carriage) bool { return b.port == port }) {
			before = append(before, carriage{port: port})
		}
	}
	lost := false
	for _, leg := range before {
		sent, withheld := leg.port.Carried()
		if sent > leg.sent {
			return true
		}
		lost = lost || withheld > leg.withheld
	}
	return !lost
}

// portsOf are the legs that hear speakers; none when the call is over.
func (c *Call) portsOf(ctx context.Context, speakers []speaker) []*legPort {
	ports, _ := ask(ctx, c, func() (ports []*legPort, _ error) {
		for _, e := range c.endpoints {
			hears := func(s speaker) bool { return s.hears == nil || s.hears(e) }
			if e.port != nil && slices.ContainsFunc(speakers, hears) {
				ports = append(ports, e.port)
			}
		}
		return ports, nil
	})
	return ports
}
