package call

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

// RoomChange is what the room of a call says now.
type RoomChange struct {
	Roles    map[string]Role // by raw id: who may be there; nil: nobody any more
	DialsOut bool            // whether phone numbers may be called
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
	c.dialsOut = change.DialsOut
	changed := false
	for _, e := range c.endpoints {
		if !e.isUser() || e.stage == gone || e.stage == leaving {
			continue
		}
		role, listed := change.Roles[e.id.Raw()]
		switch {
		case !listed && e.listed():
			c.dismiss(e.who, outOfRoom)
			changed = true
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
	case c.deserted():
		c.finish(outOfRoom, nil)
	case changed:
		c.tellRoster()
	}
}
