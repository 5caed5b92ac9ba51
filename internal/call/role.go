package call

import (
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Role is what a participant of a room may do there (Rooms, "Predefined participant
// roles and permissions"). Elsewhere nobody has one, and everybody may do everything.
type Role string

// The roles.
const (
	NoRole       Role = ""
	Presenter    Role = "Presenter"
	Attendee     Role = "Attendee"
	Collaborator Role = "Collaborator"
	Consumer     Role = "Consumer"
)

// MaySpeak reports whether the others hear somebody with the role.
func (r Role) MaySpeak() bool { return r != Consumer }

// MayManage reports whether somebody with the role may mute, remove and invite others.
func (r Role) MayManage() bool { return r == NoRole || r == Presenter }

// mayManage reports whether an endpoint may mute, remove and invite others. In a room,
// phones of the telephone network have no role, and may not.
func (e *endpoint) mayManage() bool {
	return e.role.MayManage() && (e.role != NoRole || e.call.kind != room)
}

// RoomChange is what the room of a call says now.
type RoomChange struct {
	Roles    map[string]Role // by raw id: who is on its list; nil: there is no such room any more
	DialsOut bool            // whether phone numbers may be called
}

// seatInRoom gives a role to a user who did not join by the room's name, but was called
// in or moved here: that of the room's list, or else that of an Attendee.
func (c *Call) seatInRoom(e *endpoint) {
	role, listed := c.roomList[e.id.Raw()]
	if !listed {
		role = Attendee
	}
	e.role = role
}

// letStay is an application that has brought a user into a room whose list does not have
// it: it stays until somebody takes it out, since roles do not bind applications. Whom a
// participant invited leaves with the next change of the list.
func (c *Call) letStay(e *endpoint) {
	_, listed := c.roomList[e.id.Raw()]
	e.who.offList = c.kind == room && e.isUser() && !listed
}

// mayBeInvited refuses whom no participant may invite into a room: phone numbers, where it
// does not permit them, and users who are not on its list.
func (c *Call) mayBeInvited(who identifier.ID) error {
	if c.kind != room {
		return nil
	}
	switch who.Kind() {
	case identifier.PhoneNumber:
		if !c.dialsOut {
			return errNoDialOut()
		}
	case identifier.CommunicationUser:
		if _, listed := c.roomList[who.Raw()]; !listed && c.roomList != nil {
			return fault.Forbidden("%s is not on the list of the room", who)
		}
	}
	return nil
}

// ChangeRoom lets the call of a room obey what the room says from now on: who is no
// longer on its list leaves, and roles change. Where no call goes on it does nothing.
func (r *Registry) ChangeRoom(room string, change RoomChange) {
	if c := r.find(Locator{RoomID: room}); c != nil {
		c.post(func() { c.changeRoom(change) })
	}
}

// outOfRoom is why somebody leaves whom the room's list no longer has.
var outOfRoom = Reason{Kind: Removed, ByRoom: true, Text: "the room's list no longer has this user"}

func (c *Call) changeRoom(change RoomChange) {
	if c.ended {
		return
	}
	c.dialsOut, c.roomList = change.DialsOut, change.Roles
	changed, left := false, false
	for _, e := range c.endpoints {
		if !e.isUser() || e.stage == gone || e.stage == leaving {
			continue
		}
		role, listed := change.Roles[e.id.Raw()]
		if e.who != nil {
			e.who.offList = e.who.offList && !listed && change.Roles != nil
		}
		switch {
		case e.who != nil && e.who.offList:
		case !listed && e.listed():
			c.dismiss(e.who, outOfRoom)
			left = true
		case !listed:
			e.end(outOfRoom)
		case role != e.role:
			e.role = role
			e.limitStreams()
			e.applyRights()
			changed = true
		}
		e.tellSeat()
	}
	switch {
	case left || c.deserted():
		c.goOn(outOfRoom)
	case changed:
		c.tellRoster()
	}
}
