package server

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/eventgrid"
)

// witness tells Event Grid's subscribers of conversations between identities.
type witness struct{ grid *eventgrid.Grid }

func facts(c call.Conversation) eventgrid.CallFacts {
	return eventgrid.CallFacts{
		StartedBy: eventgrid.Participant{ID: c.StartedBy}, ServerCallID: c.ServerCallID,
		TwoParty: !c.Group, CorrelationID: c.CorrelationID, At: c.At,
	}
}

// CallStarted publishes that a conversation has begun.
func (w witness) CallStarted(c call.Conversation) {
	w.grid.CallStarted(eventgrid.CallStarted{CallFacts: facts(c)})
}

// ParticipantAdded publishes that somebody has joined.
func (w witness) ParticipantAdded(c call.Conversation, p call.Presence) {
	w.grid.CallParticipantAdded(participantEvent(c, p))
}

// ParticipantRemoved publishes that somebody is gone.
func (w witness) ParticipantRemoved(c call.Conversation, p call.Presence) {
	w.grid.CallParticipantRemoved(participantEvent(c, p))
}

func participantEvent(c call.Conversation, p call.Presence) eventgrid.CallParticipant {
	return eventgrid.CallParticipant{
		CallFacts: facts(c), User: eventgrid.Participant{ID: p.Who},
		DisplayName: p.DisplayName, ParticipantID: p.Stay, UserAgent: p.Device,
	}
}

// CallEnded publishes that a conversation is over.
func (w witness) CallEnded(c call.Conversation, end call.Ending) {
	e := eventgrid.CallEnded{CallFacts: facts(c), Duration: end.Duration, Reason: endReason(end.Reason)}
	if !end.By.IsZero() {
		e.EndedBy = &eventgrid.EndedBy{ID: end.By}
	}
	w.grid.CallEnded(e)
}

// endReason is why a call ended, in the numbers of calling clients: 0/7000 where
// an application ended it, 0/0 where somebody hung up.
func endReason(why call.Reason) *eventgrid.EndReason {
	switch {
	case why.Kind == call.EndedByApplication:
		return &eventgrid.EndReason{SubCode: 7000, Phrase: why.Text}
	case why.Kind == call.EndedByPeer:
		return &eventgrid.EndReason{Phrase: why.Text}
	case why.SIP.Code != 0:
		return &eventgrid.EndReason{Code: why.SIP.Code, Phrase: why.Text}
	}
	return nil
}
