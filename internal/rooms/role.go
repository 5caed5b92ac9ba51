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

// parseRole reads a role, regardless of case. The message is the real service's.
func parseRole(text string) (Role, error) {
	for _, role := range []Role{Presenter, Attendee, Consumer, Collaborator} {
		if strings.EqualFold(text, string(role)) {
			return role, nil
		}
	}
	return "", fault.Invalid("Invalid participant role. The valid roles are: Presenter, Attendee, Consumer, Collaborator.")
}
