package call

import (
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// participant is an identity that is in a call, by one endpoint or, a user with
// several devices, by several. What the roster says of it holds for all of them.
type participant struct {
	id    identifier.ID
	name  string // what it wants to be called; "" for nothing
	call  *Call
	place place // of the endpoint that came first
	muted bool
	held  bool
	music *holdMusic // what it hears while it is held; nil: nothing
	walk  int        // the last walk over the endpoints that listed it
	stay  string     // a GUID while the conversation counts it as present
	// offList: an application brought it into a room whose list does not have it.
	offList bool
}

// is reports whether the participant is the application that has a connection.
func (p *participant) is(conn *Connection) bool { return conn.self.who == p }

// endpoints lists how the participant is in the call, the first to come first.
func (p *participant) endpoints() []*endpoint {
	var list []*endpoint
	for _, e := range p.call.endpoints {
		if e.isOf(p) {
			list = append(list, e)
		}
	}
	return list
}

// isOf reports whether the endpoint is how the participant is in the call.
func (e *endpoint) isOf(p *participant) bool { return e.who == p && e.listed() }

// isHere reports whether the participant is in the call by any endpoint.
func (p *participant) isHere() bool {
	return slices.ContainsFunc(p.call.endpoints, func(e *endpoint) bool { return e.isOf(p) })
}

// isApplication reports whether the participant has no leg.
func (p *participant) isApplication() bool { return p.place.isApplication() }

// roster is the participant's entry in the list of participants.
func (p *participant) roster() Participant {
	entry := Participant{ID: p.id, Muted: p.muted, OnHold: p.held}
	silent, holding := true, true
	for _, e := range p.call.endpoints {
		if e.isOf(p) {
			silent, holding = silent && e.silent(), holding && e.selfHeld
		}
	}
	entry.Muted, entry.OnHold = entry.Muted || silent, entry.OnHold || holding
	return entry
}

// admit makes an endpoint one of a participant: of the user who is here with
// another device, else of a new one. Phones share a number without being one
// person, and an application is not the user in whose name it answers.
func (c *Call) admit(e *endpoint) {
	if e.id.Kind() == identifier.CommunicationUser && !e.place.isApplication() {
		for _, other := range c.endpoints {
			if other != e && other.id == e.id && other.listed() && !other.place.isApplication() {
				e.who = other.who
			}
		}
	}
	if named, ok := e.leg.(Named); ok && e.name == "" {
		e.name = named.DisplayName()
	}
	if e.who == nil {
		e.who = &participant{id: e.id, name: e.name, call: c, place: e.place}
	}
	e.enter(present)
	c.lastLeft = nil
	if leg, ok := e.leg.(Identified); ok {
		e.device = leg.UserAgent()
	}
	if c.kind == room && e.role == NoRole && e.isUser() {
		c.seatInRoom(e)
	}
	e.limitStreams()
	e.applyRights()
	e.tellSeat()
	e.who.music.hear(e)
	c.watchSpeakers(e)
	c.recording.hear(e)
	c.captions.hear(e)
	for _, conn := range c.connections {
		if conn.stream != nil {
			conn.stream.hear(conn, e)
		}
		if conn.transcription != nil {
			conn.transcription.hear(e)
		}
		for _, op := range conn.operations {
			op.reach(e)
		}
	}
}

// listed are the participants of the call in the order of their coming.
func (c *Call) listed() []*participant {
	var list []*participant
	c.walk++
	for _, e := range c.endpoints {
		if p := e.listedFirst(); p != nil {
			list = append(list, p)
		}
	}
	return list
}

// listedFirst is the endpoint's participant, once in each walk of the call over its
// endpoints; nil where another endpoint of it came before.
func (e *endpoint) listedFirst() *participant {
	if !e.listed() || e.who.walk == e.call.walk {
		return nil
	}
	e.who.walk = e.call.walk
	return e.who
}

// find returns the participant with an id, nil where there is none.
func (c *Call) find(id identifier.ID) *participant {
	for _, e := range c.endpoints {
		if e.id == id && e.listed() {
			return e.who
		}
	}
	return nil
}

// named is find for a command: it says whom it did not find. A number may be written in
// another form, as it may be where somebody is called.
func (c *Call) named(id identifier.ID) (*participant, error) {
	for _, form := range [...]identifier.ID{id, c.registry.normal(id)} {
		if p := c.find(form); p != nil {
			return p, nil
		}
	}
	return nil, ParticipantMissing.because("Participant %s not found in the call.", id)
}

// roster is the list of participants, as applications see it.
func (c *Call) roster() []Participant {
	list, prompted := make([]Participant, 0, len(c.endpoints)), c.prompted(nil)
	c.walk++
	for _, e := range c.endpoints {
		if p := e.listedFirst(); p != nil {
			list = append(list, p.shown(prompted))
		}
	}
	return list
}

// tellRoster tells every connection that is up, and every leg that follows it, of another
// list of participants.
func (c *Call) tellRoster() {
	c.rosterVersion++
	c.tellApplications()
	c.tellFollowers()
}
