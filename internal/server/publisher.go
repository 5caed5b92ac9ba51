package server

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/callautomation"
	"github.com/switchhook/switchhook/internal/eventgrid"
)

// publisher gives each event to who tells of it: those of connections to their
// applications, those of calls to Event Grid's subscribers.
type publisher struct {
	callbacks *callautomation.Callbacks
	grid      *eventgrid.Grid
}

// Publish queues an event.
func (p publisher) Publish(e call.Event) {
	if e.Header().Scope() == call.ConnectionScope {
		p.callbacks.Publish(e)
		return
	}
	switch e := e.(type) {
	case call.ConversationStarted:
		p.grid.CallStarted(eventgrid.CallStarted{CallFacts: facts(e.Conversation)})
	case call.ConversationJoined:
		p.grid.CallParticipantAdded(participantEvent(e.Conversation, e.Presence))
	case call.ConversationLeft:
		p.grid.CallParticipantRemoved(participantEvent(e.Conversation, e.Presence))
	case call.ConversationEnded:
		p.grid.CallEnded(endEvent(e))
	}
}

func facts(c call.Conversation) eventgrid.CallFacts {
	return eventgrid.CallFacts{
		StartedBy: eventgrid.Participant{ID: c.StartedBy, Role: eventgrid.Role(c.StarterRole)}, ServerCallID: c.ServerCallID,
		GroupID: c.GroupID, RoomID: c.RoomID,
		TwoParty: !c.Group, CorrelationID: c.CorrelationID, At: c.At,
	}
}

func participantEvent(c call.Conversation, p call.Presence) eventgrid.CallParticipant {
	return eventgrid.CallParticipant{
		CallFacts: facts(c), User: eventgrid.Participant{ID: p.Who, Role: eventgrid.Role(p.Role)},
		DisplayName: p.DisplayName, ParticipantID: p.Stay, UserAgent: p.Device,
	}
}

func endEvent(end call.ConversationEnded) eventgrid.CallEnded {
	e := eventgrid.CallEnded{CallFacts: facts(end.Conversation), Duration: end.Duration, Reason: endReason(end.Reason)}
	if !end.By.IsZero() {
		e.EndedBy = &eventgrid.EndedBy{ID: end.By}
	}
	return e
}

// endReason is why a call ended, in the numbers of calling clients: 0/7000 where
// an application ended it, 0/0 where somebody hung up, 0/4521 where a page was closed.
func endReason(why call.Reason) *eventgrid.EndReason {
	switch {
	case why.Kind == call.EndedByApplication:
		return &eventgrid.EndReason{SubCode: 7000, Phrase: why.Text}
	case why.Kind == call.EndedByPeer && why.Abrupt:
		return &eventgrid.EndReason{SubCode: 4521, Phrase: why.Text}
	case why.Kind == call.EndedByPeer:
		return &eventgrid.EndReason{Phrase: why.Text}
	case why.SIP.Code != 0:
		return &eventgrid.EndReason{Code: why.SIP.Code, Phrase: why.Text}
	}
	return nil
}
