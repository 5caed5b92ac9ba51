package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// ring waits for an application to answer, reject, redirect or let it be. It is
// decided once.
type ring struct {
	call       *Call
	context    string // incomingCallContext
	invitation Invitation

	// loop
	decided    bool
	patience   *time.Timer
	taken      func(by identifier.ID, control Control) Properties // an application answers
	redirected func(in Invitation, called identifier.ID)          // somebody else shall be asked
	failed     func(Reason)                                       // nobody did
}

// ringFor announces an invitation and waits for an application, for as long as
// patience. It returns how many listeners hear of it.
func (c *Call) ringFor(r *ring, patience time.Duration) (listeners int) {
	r.call, r.context = c, newContext(r.invitation, c.correlationID)
	c.rings = append(c.rings, r)
	c.detailInvitation(r.invitation)
	c.registry.ringing(r)
	r.patience = c.after(patience, r.unanswered)
	return c.registry.cfg.Announcer.IncomingCall(IncomingCall{
		Invitation: r.invitation, Context: r.context, ServerCallID: c.id, CorrelationID: c.correlationID, At: time.Now(),
	})
}

// unanswered is the end of patience.
func (r *ring) unanswered() {
	if !r.decided {
		r.fail(Reason{Kind: NoAnswer, Text: "no application answered in time"})
	}
}

// fail ends the waiting without anybody who took the call.
func (r *ring) fail(why Reason) {
	r.stop()
	r.call.registry.silenced(r)
	r.failed(why)
}

// decide lets exactly one answer, reject, redirect or timeout win.
func (r *ring) decide() error {
	if r.decided {
		return fault.Conflict("The incoming call was already answered, rejected or redirected.").WithCode("8519")
	}
	r.stop()
	return nil
}

// stop ends the waiting. The context is remembered until the call ends, to tell
// who comes second that it was decided.
func (r *ring) stop() {
	r.decided = true
	r.patience.Stop()
	r.call.rings = slices.DeleteFunc(r.call.rings, func(other *ring) bool { return other == r })
	r.call.rung = append(r.call.rung, r)
}

func (r *Registry) ringing(waiting *ring) {
	r.mu.Lock()
	r.rings[waiting.context] = waiting
	r.mu.Unlock()
}

// silenced forgets the context of a call that has ended.
func (r *Registry) silenced(done *ring) {
	r.mu.Lock()
	delete(r.rings, done.context)
	r.mu.Unlock()
}

// waiting finds a call by its incomingCallContext.
func (r *Registry) waiting(context string) (*ring, error) {
	r.mu.Lock()
	found := r.rings[context]
	r.mu.Unlock()
	if found == nil {
		return nil, errCallNotFound()
	}
	return found, nil
}
