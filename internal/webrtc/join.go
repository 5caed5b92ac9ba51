package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// join joins a room or a group.
func (c *client) join(m *protocol.CallJoin, answer func(protocol.Message)) {
	answer = c.shown(Refused{Room: m.Room, Group: m.Group}, answer)
	j := call.Join{
		To: call.Locator{RoomID: m.Room, GroupCallID: m.Group}, Who: c.user,
		DisplayName: c.session.DisplayName(), Muted: m.Muted != nil && *m.Muted,
		OnlyJoins: !c.session.MayBegin(),
	}
	switch {
	case (m.Room == "") == (m.Group == ""):
		answer(refusal(protocol.ReasonMalformed, 400, 0, "exactly one of room and group is required"))
		return
	case m.Room != "":
		admission, err := c.server.cfg.Rooms.Admit(c.server.ctx, m.Room, c.user)
		if err != nil {
			c.log.Error("room cannot be read", "room", m.Room, "error", err)
			answer(failed(err))
			return
		}
		if admission.Refusal != 0 {
			answer(refusedRoom(admission.Refusal))
			return
		}
		j.Role, j.DialsOut = admission.Role, admission.DialsOut
	}
	l, ok := c.begin(m.Call, answer)
	if !ok {
		return
	}
	l.setQuiet(j.Muted)
	l.begun(nil, answer, func() (func(call.Report), error) {
		report, err := c.server.cfg.Calls.Join(c.server.ctx, j, l)
		if err == nil && m.Room != "" {
			c.server.cfg.Rooms.Joined(m.Room)
		}
		return report, err
	})
}

// refusedRoom is why somebody may not join a room (ACS, "Rooms": 5732, 5828, 5829).
func refusedRoom(why RoomRefusal) protocol.Message {
	switch why {
	case NotInvited:
		return refusal(protocol.ReasonForbidden, 403, 5828, "the user is not on the list of the room")
	case NotNow:
		return refusal(protocol.ReasonForbidden, 403, 5829, "it is not the time of the room: it has expired, or has not begun (validFrom, validUntil)")
	}
	return refusal(protocol.ReasonNotFound, 404, 5732, "there is no such room")
}
