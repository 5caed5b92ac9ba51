package call

import (
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/fault"
)

// Locator names a call that goes on by one of three names (ACS CallLocator).
// Groups and rooms get their names from the clients that join them by it.
type Locator struct {
	ServerCallID string
	GroupCallID  string // a GUID
	RoomID       string // digits
}

// maxRoomID bounds a room's name, in digits; the service's have 17.
const maxRoomID = 32

// check refuses what can never have named a call.
func (l Locator) check() error {
	switch {
	case l.GroupCallID != "":
		if _, err := uuid.Parse(l.GroupCallID); err != nil {
			return fault.Invalid("callLocator.groupCallId: %.100q is not a GUID.", l.GroupCallID).WithCode("8523")
		}
	case l.RoomID != "":
		if len(l.RoomID) > maxRoomID || !digits(l.RoomID) {
			return fault.Invalid("callLocator.roomId: %.100q is not the id of a room, which is digits.", l.RoomID).WithCode("8523")
		}
	case !isServerCallID(l.ServerCallID):
		return fault.Invalid("%.100q is not a serverCallId.", l.ServerCallID).WithCode("8523")
	}
	return nil
}

func digits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
