package call

import (
	"cmp"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Conversation is the head of the events of a call between identities, whoever
// controls it. They belong to the call, not to a connection.
type Conversation struct {
	Head
	StartedBy   identifier.ID
	StarterRole Role // in a room
	Group       bool
	GroupID     string // under which clients join; "" for none
	RoomID      string
}

type (
	// ConversationStarted says that the first identity is in.
	ConversationStarted struct{ Conversation }
	// ConversationJoined says that an identity has come.
	ConversationJoined struct {
		Conversation
		Presence
	}
	// ConversationLeft says that an identity is no longer in the call.
	ConversationLeft struct {
		Conversation
		Presence
	}
	// ConversationEnded says that the conversation has ended.
	ConversationEnded struct {
		Conversation
		Duration time.Duration
		By       identifier.ID // zero where nobody in particular ended it
		Reason   Reason
	}
)

// Presence is one stay of somebody in a call.
type Presence struct {
	Who         identifier.ID
	DisplayName string
	Stay        string // a GUID of this stay
	Device      string // what it calls itself
	Role        Role   // in a room
}

// CallEvents lists one of each event that belongs to a call.
var CallEvents = []Event{ConversationStarted{}, ConversationJoined{}, ConversationLeft{}, ConversationEnded{}}

// record is what a call has published of its conversation.
type record struct {
	startedBy   identifier.ID
	starterRole Role
	endedBy     identifier.ID // the user who hung up; zero where none did
	began       time.Time     // zero until the first identity is in
	over        bool          // its end was published
}

// converses reports whether an endpoint takes part in the conversation: identities
// with a device of their own, and those that are applications where the
// configuration asks for them. Phone numbers never.
func (c *Call) converses(e *endpoint) bool {
	return e.id.Kind() == identifier.CommunicationUser && e.place != inControl && e.place != inOtherCall &&
		(e.isUser() || c.registry.cfg.ApplicationsConverse)
}

func (c *Call) conversation() Conversation {
	return Conversation{
		Head:      Head{ServerCallID: c.id, CorrelationID: c.correlationID, At: time.Now()},
		StartedBy: c.record.startedBy, StarterRole: c.record.starterRole,
		Group: !c.kind.endsWhenOneLeaves(), GroupID: c.groupID, RoomID: c.roomID,
	}
}

// publishArrival tells that somebody has joined. A user's second device is nobody
// new.
func (c *Call) publishArrival(e *endpoint) {
	if !c.converses(e) || e.who.stay != "" {
		return
	}
	if c.record.began.IsZero() {
		c.record.began = time.Now()
		c.publish(ConversationStarted{c.conversation()})
	}
	e.who.stay = newID()
	c.publish(ConversationJoined{c.conversation(), e.presence()})
}

// publishDeparture tells that somebody is no longer in the call; e is the last
// endpoint.
func (c *Call) publishDeparture(e *endpoint) {
	if e.who == nil || e.who.stay == "" {
		return
	}
	c.publish(ConversationLeft{c.conversation(), e.presence()})
	e.who.stay = ""
}

func (e *endpoint) presence() Presence {
	device := cmp.Or(e.device, "phone")
	if e.place.isApplication() {
		device = "application"
	}
	return Presence{Who: e.id, DisplayName: e.name, Stay: e.who.stay, Device: device, Role: e.role}
}

// publishEnd tells that the conversation has ended.
func (c *Call) publishEnd(why Reason, by identifier.ID) {
	if !c.record.began.IsZero() && !c.record.over {
		c.record.over = true
		c.publish(ConversationEnded{c.conversation(), time.Since(c.record.began), by, why})
	}
}
