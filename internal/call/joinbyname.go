package call

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Join is somebody who comes into a call by its name, without being rung.
type Join struct {
	To          Locator
	Who         identifier.ID
	DisplayName string
	Role        Role // in a room
	DialsOut    bool // the room permits calls to phone numbers
	Muted       bool // it does not want to be heard at first
	OnlyJoins   bool // it may begin the call of a room, but no other
}

// Join lets a leg into the call that a locator names, answers it and makes it a
// participant. A group or a room that nobody is in begins with the first who joins
// it; a server call id has to be of a call that goes on. Who may join is for the
// caller to decide. The leg's reports go to the function returned.
func (r *Registry) Join(ctx context.Context, j Join, leg Leg) (report func(Report), err error) {
	if err := j.To.check(); err != nil {
		return nil, err
	}
	for {
		c := r.find(j.To)
		if c == nil && j.To.ServerCallID != "" {
			return nil, errCallOver()
		}
		if c == nil {
			if j.OnlyJoins && j.To.RoomID == "" {
				return nil, fault.Forbidden("nobody is in the call, and the token's scope permits joining alone")
			}
			if report, err = r.beginNamed(j, leg); report != nil || err != nil {
				return report, err
			}
			continue // somebody was faster
		}
		report, err = ask(ctx, c, func() (func(Report), error) { return c.letIn(j, leg) })
		if j.To.ServerCallID != "" || !errors.Is(err, CallOver) {
			return report, err
		}
		r.forgetOver(c, j.To.name())
	}
}

// beginNamed begins the call of a group or a room with who joins it first. It
// returns nil where another call has got the name meanwhile.
func (r *Registry) beginNamed(j Join, leg Leg) (func(Report), error) {
	return start(r, func(c *Call) func(Report) {
		if other := r.name(c, j.To.name()); other != nil {
			c.finish(Reason{Kind: Canceled, Text: "another call has got the name"}, nil)
			return nil
		}
		c.joinable, c.kind = true, group
		c.groupID = j.To.name().text
		if j.To.RoomID != "" {
			c.kind, c.groupID, c.roomID = room, "", j.To.RoomID
		}
		c.record.startedBy, c.record.starterRole = j.Who, j.Role
		report, _ := c.letIn(j, leg) // there is room for the first
		return report
	})
}

// forgetOver takes a name from a call that has ended but not yet given it back.
func (r *Registry) forgetOver(c *Call, as name) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName[as] == c {
		delete(r.byName, as)
	}
}

// joinedByName is somebody who is in. A user's second device changes no list.
func (c *Call) joinedByName(e *endpoint) {
	c.becomeGroup()
	c.limitDuration()
	if len(e.who.endpoints()) == 1 {
		c.tellRoster()
	} else {
		c.tellFollowers()
	}
}

// letIn makes a leg an endpoint of the call and answers it.
func (c *Call) letIn(j Join, leg Leg) (func(Report), error) {
	if c.ended {
		return nil, errCallOver()
	}
	if err := c.roomFor(1); err != nil {
		return nil, err
	}
	if c.kind == room {
		c.dialsOut = j.DialsOut
	}
	e := &endpoint{id: j.Who, call: c, inbound: true, leg: leg, name: j.DisplayName, role: j.Role, selfMuted: j.Muted, began: time.Now()}
	e.join = &join{
		up:   c.joinedByName,
		down: func(_ *endpoint, why Reason) { c.notCome(why) },
	}
	c.endpoints = append(c.endpoints, e)
	if c.detail.From.IsZero() {
		c.detail.From = j.Who
	}
	e.step(LegCame)
	c.log.Info("somebody joins by the call's name", "who", j.Who)
	leg.Answer()
	return e.report, nil
}
