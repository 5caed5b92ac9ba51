package eventgrid

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// CallEnded says that a call is over.
type CallEnded struct {
	CallFacts
	Duration time.Duration // of the whole call
	EndedBy  *EndedBy      // nil where nobody in particular ended it
	Reason   *EndReason    // nil where none is known
}

// EndedBy is who ended a call: a participant or, without an ID, the service.
type EndedBy struct {
	ID   identifier.ID
	Name string // for people; "" is allowed
}

// EndReason is why a call ended, in the numbers that clients report.
type EndReason struct {
	Code    int
	SubCode int
	Phrase  string
}

// CallEnded publishes the event and returns how many subscriptions take it. It
// only queues.
func (g *Grid) CallEnded(in CallEnded) (matched int) { return g.publish(in.event()) }

// callEndedData has the duration twice: documentation and applications made
// from it read durationOfCall, the SDKs' models read callDurationInSeconds.
type callEndedData struct {
	DurationOfCall        float64 `json:"durationOfCall"`
	CallDurationInSeconds float64 `json:"callDurationInSeconds"`
	callData
	EndedBy *endedByModel   `json:"endedBy,omitempty"`
	Reason  *endReasonModel `json:"reason,omitempty"`
}

type endedByModel struct {
	Identifier rest.GridIdentifier `json:"communicationIdentifier,omitzero"`
	Type       string              `json:"type"`
	Name       string              `json:"name"`
}

type endReasonModel struct {
	Code    int    `json:"code"`
	SubCode int    `json:"subCode"`
	Phrase  string `json:"phrase"`
}

func (in CallEnded) event() event {
	seconds := in.Duration.Seconds()
	data := callEndedData{DurationOfCall: seconds, CallDurationInSeconds: seconds, callData: in.data()}
	if in.EndedBy != nil {
		data.EndedBy = in.EndedBy.model()
	}
	if in.Reason != nil {
		data.Reason = &endReasonModel{Code: in.Reason.Code, SubCode: in.Reason.SubCode, Phrase: in.Reason.Phrase}
	}
	return event{
		id:      identifier.NewGUID(),
		kind:    typeCallEnded,
		subject: in.subject(),
		at:      in.At,
		call:    in.ServerCallID,
		data:    data,
	}
}

func (by *EndedBy) model() *endedByModel {
	m := &endedByModel{Type: "MicrosoftInternal", Name: by.Name}
	if !by.ID.IsZero() {
		m.Type, m.Identifier = "Participant", rest.GridIdentifier{ID: by.ID}
	}
	return m
}
