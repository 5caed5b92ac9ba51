package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// ring waits for an application to answer, reject, redirect or let it be, and for a
// telephone of the user to be picked up:
//
//	forAll ──30 s, or no application listens──> forPhones ──> decided
//	   └──────────────────────────────────────────────────────────^
type ring struct {
	call       *Call
	context    string // incomingCallContext
	invitation Invitation

	// loop
	state     ringState
	timer     *time.Timer     // until applications are given up
	phones    []*endpoint     // telephones of the user that ring as well, and who rings in their place
	refusal   Reason          // the most telling refusal of a telephone; Normal: none
	until     time.Time       // telephones are given up
	forwarded []identifier.ID // who rings in the place of telephones
	rings     func()          // a telephone is being told; nil: nobody wants to know
	outcome   outcome
}

// outcome is what follows when a ring is decided, for whom it waits. It is told one thing.
type outcome interface {
	answered(r *ring, by identifier.ID, control Control) Properties
	pickedUp(*endpoint) // a telephone was
	redirected(in Invitation, called identifier.ID)
	failed(Reason) // nobody took it
}

type ringState uint8

const (
	forAll    ringState = iota // an application or a telephone may decide
	forPhones                  // no application can any more: telephones may
	decided
)

// patience is how long somebody may take to answer: an application, and a
// telephone.
type patience struct{ application, phone time.Duration }

// ringFor announces an invitation and waits for an application, and lets the
// telephones of a user ring. It returns how many hear of it.
func (c *Call) ringFor(r *ring, wait patience) (heard int) {
	r.call, r.context = c, newContext(r.invitation, c.correlationID)
	c.rings = append(c.rings, r)
	c.detailInvitation(r.invitation)
	c.registry.rememberRing(r)
	r.timer = afterFor(c, wait.application, r, (*ring).unanswered)
	c.fork(r, wait.phone)
	listeners := 0
	if !r.invitation.unannounced {
		listeners = c.registry.cfg.Announcer.IncomingCall(IncomingCall{
			Invitation: r.invitation, Context: r.context, ServerCallID: c.id, CorrelationID: c.correlationID, At: time.Now(),
		})
	}
	if listeners == 0 && len(r.phones) > 0 {
		r.state = forPhones
	}
	return listeners + len(r.phones)
}

// unanswered is the end of patience with applications.
func (r *ring) unanswered() {
	if r.state == decided {
		return
	}
	r.state = forPhones
	r.call.registry.forgetRing(r)
	r.giveUp()
}

// giveUp ends the waiting when nobody is left who could take the call.
func (r *ring) giveUp() {
	switch {
	case r.state != forPhones || len(r.phones) > 0:
	case r.refusal.Kind != Normal:
		r.fail(r.refusal)
	default:
		r.fail(Reason{Kind: NoAnswer, Text: "no application answered in time"})
	}
}

// fail ends the waiting without anybody who took the call.
func (r *ring) fail(why Reason) {
	r.stop(why)
	r.call.registry.forgetRing(r)
	r.outcome.failed(why)
}

// decide lets exactly one answer, reject, redirect or timeout win. Telephones
// that ring hear why they stop.
func (r *ring) decide(phones Reason) error {
	if r.state == decided {
		return AlreadyDecided.because("The incoming call was already answered, rejected or redirected.")
	}
	r.stop(phones)
	return nil
}

// maxDecided bounds the rings of a call that are remembered: a group may invite people all
// day.
const maxDecided = 100

// stop ends the waiting. The context is remembered, until the call ends or maxDecided
// others are, to tell who comes second that it was decided.
func (r *ring) stop(why Reason) {
	r.state = decided
	r.stopPhones(why)
	r.timer.Stop()
	c := r.call
	c.rings = slices.DeleteFunc(c.rings, func(other *ring) bool { return other == r })
	if c.decided = append(c.decided, r); len(c.decided) > maxDecided {
		c.registry.forgetRing(c.decided[0])
		c.decided = slices.Delete(c.decided, 0, 1)
	}
}

// rememberRing lets a waiting call be found by its context.
func (r *Registry) rememberRing(waiting *ring) {
	r.mu.Lock()
	r.rings[waiting.context] = waiting
	r.mu.Unlock()
}

// forgetRing forgets the context of a call that has ended.
func (r *Registry) forgetRing(done *ring) {
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
		return nil, errCallOver()
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
