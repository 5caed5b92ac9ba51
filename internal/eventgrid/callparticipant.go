package eventgrid

import "github.com/switchhook/switchhook/internal/identifier"

// CallParticipant is somebody who came into a call or left it.
type CallParticipant struct {
	CallFacts
	User          Participant
	DisplayName   string // "" where they gave none
	ParticipantID string // a GUID of this presence in this call
	UserAgent     string // what they call with, as it calls itself
}

// CallParticipantAdded publishes that somebody was added to a call and has
// joined it, and returns how many subscriptions take it. It only queues.
func (g *Grid) CallParticipantAdded(in CallParticipant) (matched int) {
	return g.publish(in.event(typeCallParticipantAdded))
}

// CallParticipantRemoved publishes that somebody left a call or was removed
// from it, and returns how many subscriptions take it. It only queues.
func (g *Grid) CallParticipantRemoved(in CallParticipant) (matched int) {
	return g.publish(in.event(typeCallParticipantRemoved))
}

// participantData names the user agent twice: documentation says endpointType,
// the SDKs' models say userAgent.
type participantData struct {
	User          participantModel `json:"user"`
	DisplayName   string           `json:"displayName"`
	ParticipantID string           `json:"participantId"`
	EndpointType  string           `json:"endpointType"`
	UserAgent     string           `json:"userAgent"`
	callData
}

func (in CallParticipant) event(kind string) event {
	return event{
		id:      identifier.NewGUID(),
		kind:    kind,
		subject: in.subject() + "/participant/" + in.User.ID.Raw(),
		at:      in.At,
		call:    in.ServerCallID,
		data: participantData{
			User:          in.User.model(),
			DisplayName:   in.DisplayName,
			ParticipantID: in.ParticipantID,
			EndpointType:  in.UserAgent,
			UserAgent:     in.UserAgent,
			callData:      in.data(),
		},
	}
}
