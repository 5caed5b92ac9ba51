package rooms

import (
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// Role is what a participant may do in a room.
type Role string

// The roles (Rooms, "Predefined participant roles and permissions").
const (
	Presenter    Role = "Presenter"
	Attendee     Role = "Attendee" // where none is given
	Consumer     Role = "Consumer"
	Collaborator Role = "Collaborator"
)

// parseRole reads a role, regardless of case.
func parseRole(text string) (Role, error) {
	for _, role := range []Role{Presenter, Attendee, Consumer, Collaborator} {
		if strings.EqualFold(text, string(role)) {
			return role, nil
		}
	}
	return "", fault.Invalid("%.40q is not one of Presenter, Attendee, Consumer and Collaborator.", text)
}
