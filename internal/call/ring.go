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
	closed     bool // no application can decide any more: telephones may
	patience   *time.Timer
	phones     []*participant                                     // telephones of the user that ring as well
	refused    Reason                                             // what the telephones that do not have said of it
	taken      func(by identifier.ID, control Control) Properties // an application answers
	picked     func(*participant)                                 // a telephone was picked up
	redirected func(in Invitation, called identifier.ID)          // somebody else shall be asked
	failed     func(Reason)                                       // nobody did
}

// patience is how long somebody may take to answer: an application, and a
// telephone.
type patience struct{ application, phone time.Duration }

// ringFor announces an invitation and waits for an application, and lets the
// telephones of a user ring. It returns how many hear of it.
func (c *Call) ringFor(r *ring, wait patience) (heard int) {
	r.call, r.context = c, newContext(r.invitation, c.correlationID)
	c.rings = append(c.rings, r)
	c.detailInvitation(r.invitation)
	c.registry.ringing(r)
	r.patience = c.after(wait.application, r.unanswered)
	c.fork(r, wait.phone)
	listeners := c.registry.cfg.Announcer.IncomingCall(IncomingCall{
		Invitation: r.invitation, Context: r.context, ServerCallID: c.id, CorrelationID: c.correlationID, At: time.Now(),
	})
	r.closed = listeners == 0 && len(r.phones) > 0
	return listeners + len(r.phones)
}

// unanswered is the end of patience with applications.
func (r *ring) unanswered() {
	if r.decided {
		return
	}
	r.closed = true
	r.call.registry.silenced(r)
	r.giveUp()
}

// giveUp ends the waiting when nobody is left who could take the call.
func (r *ring) giveUp() {
	switch {
	case r.decided || !r.closed || len(r.phones) > 0:
	case r.refused.Kind != Normal:
		r.fail(r.refused)
	default:
		r.fail(Reason{Kind: NoAnswer, Text: "no application answered in time"})
	}
}

// fail ends the waiting without anybody who took the call.
func (r *ring) fail(why Reason) {
	r.stop(why)
	r.call.registry.silenced(r)
	r.failed(why)
}

// decide lets exactly one answer, reject, redirect or timeout win. Telephones
// that ring hear why they stop.
func (r *ring) decide(phones Reason) error {
	if r.decided {
		return fault.Conflict("The incoming call was already answered, rejected or redirected.").WithCode("8519")
	}
	r.stop(phones)
	return nil
}

// stop ends the waiting. The context is remembered until the call ends, to tell
// who comes second that it was decided.
func (r *ring) stop(why Reason) {
	r.decided = true
	r.hushed(why)
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

// CorrelationID returns the correlation id of the call that rings with a context;
// "" where none does.
func (r *Registry) CorrelationID(incomingCallContext string) string {
	ringing, err := r.waiting(incomingCallContext)
	if err != nil {
		return ""
	}
	return ringing.call.correlationID
}
