package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// ring is a call that waits for an application to answer, reject or let it be.
// It is decided once.
type ring struct {
	call    *Call
	context string // incomingCallContext

	// loop
	invitation Invitation
	decided    bool
	patience   *time.Timer
}

// ringFor announces an invitation and waits for an application. It returns how
// many listeners hear of it.
func (c *Call) ringFor(in Invitation) (listeners int) {
	r := &ring{call: c, context: newContext(in, c.correlationID), invitation: in}
	c.ring = r
	c.registry.ringing(r)
	r.patience = c.after(c.registry.cfg.RingApplication, r.unanswered)
	return c.registry.cfg.Announcer.IncomingCall(IncomingCall{
		Invitation: in, Context: r.context, ServerCallID: c.id, CorrelationID: c.correlationID, At: time.Now(),
	})
}

// unanswered ends a call that nobody took in time.
func (r *ring) unanswered() {
	if !r.decided {
		r.call.finish(Reason{Kind: NoAnswer, Text: "no application answered in time"}, nil)
	}
}

// decide lets exactly one answer, reject or timeout win.
func (r *ring) decide() error {
	if r.decided {
		return fault.Conflict("The incoming call was already answered, rejected or redirected.").WithCode("8519")
	}
	r.stop()
	return nil
}

// stop ends the waiting without a decision.
func (r *ring) stop() {
	r.decided = true
	r.patience.Stop()
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
