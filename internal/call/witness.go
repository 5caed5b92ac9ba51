package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Witness hears of conversations between identities, whoever controls them. It
// only queues: it is told on the goroutine of a call.
type Witness interface {
	CallStarted(Conversation)
	ParticipantAdded(Conversation, Presence)
	ParticipantRemoved(Conversation, Presence)
	CallEnded(Conversation, Ending)
}

// Conversation is the call that a Witness hears of.
type Conversation struct {
	StartedBy     identifier.ID
	ServerCallID  string
	CorrelationID string
	Group         bool
	At            time.Time
}

// Presence is one stay of somebody in a call.
type Presence struct {
	Who         identifier.ID
	DisplayName string
	Stay        string // a GUID of this stay
	Device      string // what it calls itself
}

// Ending is how a conversation ended.
type Ending struct {
	Duration time.Duration
	By       identifier.ID // zero where nobody in particular ended it
	Reason   Reason
}

// noWitness hears of nothing.
type noWitness struct{}

func (noWitness) CallStarted(Conversation)                  {}
func (noWitness) ParticipantAdded(Conversation, Presence)   {}
func (noWitness) ParticipantRemoved(Conversation, Presence) {}
func (noWitness) CallEnded(Conversation, Ending)            {}

// record is what a call has told its witness.
type record struct {
	startedBy identifier.ID
	endedBy   identifier.ID // the user who hung up; zero where none did
	began     time.Time     // zero until the first identity is in
}

// witnessed reports whether the witness hears of a participant: identities with
// a device of their own, and those that are applications where the configuration
// asks for them. Phone numbers never.
func (c *Call) witnessed(e *endpoint) bool {
	return e.id.Kind() == identifier.CommunicationUser && e.place != inControl && e.place != inOtherCall &&
		(e.isUser() || c.registry.cfg.WitnessApplications)
}

func (c *Call) conversation() Conversation {
	return Conversation{
		StartedBy: c.record.startedBy, ServerCallID: c.id, CorrelationID: c.correlationID, Group: !c.kind.endsWhenOneLeaves(), At: time.Now(),
	}
}

// witnessArrival tells the witness that somebody has joined. A user's second device
// is nobody new.
func (c *Call) witnessArrival(e *endpoint) {
	if !c.witnessed(e) || e.who.stay != "" {
		return
	}
	witness := c.registry.cfg.Witness
	if c.record.began.IsZero() {
		c.record.began = time.Now()
		witness.CallStarted(c.conversation())
	}
	e.who.stay = newID()
	witness.ParticipantAdded(c.conversation(), e.presence())
}

// witnessDeparture tells the witness that somebody is no longer in the call; e is
// the last endpoint.
func (c *Call) witnessDeparture(e *endpoint) {
	if e.who == nil || e.who.stay == "" {
		return
	}
	c.registry.cfg.Witness.ParticipantRemoved(c.conversation(), e.presence())
	e.who.stay = ""
}

func (e *endpoint) presence() Presence {
	device := "application"
	if !e.place.isApplication() {
		device = "phone"
		if leg, ok := e.leg.(Identified); ok && leg.UserAgent() != "" {
			device = leg.UserAgent()
		}
	}
	return Presence{Who: e.id, DisplayName: e.name, Stay: e.who.stay, Device: device}
}

// witnessEnd tells the witness that the conversation has ended.
func (c *Call) witnessEnd(why Reason, by identifier.ID) {
	if !c.record.began.IsZero() {
		c.registry.cfg.Witness.CallEnded(c.conversation(), Ending{Duration: time.Since(c.record.began), By: by, Reason: why})
	}
}
