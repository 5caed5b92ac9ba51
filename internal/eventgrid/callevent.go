package eventgrid

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// Role is a participant's part in a room. Calls outside rooms have presenters:
// everybody may do everything there.
type Role string

// The roles that the SDKs' models know.
const (
	Attendee     Role = "Attendee"
	Collaborator Role = "Collaborator"
	Consumer     Role = "Consumer"
	Organizer    Role = "Organizer"
	Presenter    Role = "Presenter"
)

// Participant is somebody in a call, with the role they have there.
type Participant struct {
	ID   identifier.ID
	Role Role // "" is Presenter
}

// CallFacts is what every event of a call in progress carries.
type CallFacts struct {
	StartedBy     Participant
	ServerCallID  string
	GroupID       string // a GUID; "" where the call is none of a group
	RoomID        string // "" where the call is not in a room
	TwoParty      bool   // a call of one to one
	CorrelationID string
	At            time.Time // when it happened
}

// noGroup is what the service writes for calls that have no group.
const noGroup = "00000000-0000-0000-0000-000000000000"

// participantModel is an AcsCallParticipant.
type participantModel struct {
	Identifier rest.GridIdentifier `json:"communicationIdentifier"`
	Role       Role                `json:"role"`
}

func (p Participant) model() participantModel {
	role := p.Role
	if role == "" {
		role = Presenter
	}
	return participantModel{Identifier: rest.GridIdentifier{ID: p.ID}, Role: role}
}

type namedModel struct {
	ID string `json:"id"`
}

// callData is an AcsCallingEvent: members that end the data of each of these
// events, in the order that the service sends them.
type callData struct {
	StartedBy     participantModel `json:"startedBy"`
	ServerCallID  string           `json:"serverCallId"`
	Group         namedModel       `json:"group"`
	Room          *namedModel      `json:"room,omitempty"`
	IsTwoParty    bool             `json:"isTwoParty"`
	CorrelationID string           `json:"correlationId"`
	IsRoomsCall   bool             `json:"isRoomsCall"`
}

func (c CallFacts) data() callData {
	d := callData{
		StartedBy:     c.StartedBy.model(),
		ServerCallID:  c.ServerCallID,
		Group:         namedModel{ID: noGroup},
		IsTwoParty:    c.TwoParty,
		CorrelationID: c.CorrelationID,
		IsRoomsCall:   c.RoomID != "",
	}
	if c.GroupID != "" {
		d.Group.ID = c.GroupID
	}
	if c.RoomID != "" {
		d.Room = &namedModel{ID: c.RoomID}
	}
	return d
}

// subject begins the subject of each of these events; it has no leading slash,
// unlike those of IncomingCall and RecordingFileStatusUpdated.
func (c CallFacts) subject() string { return "call/" + c.ServerCallID }
