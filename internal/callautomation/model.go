package callautomation

import (
	"net/url"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/rest"
)

// errBody is what the service calls a request body that it cannot take.
func errBody(format string, args ...any) *fault.Error {
	return fault.Invalid(format, args...).WithCode("8523")
}

// callbackURI checks an address that events are sent to.
func callbackURI(field, text string, required bool) error {
	if text == "" && !required {
		return nil
	}
	if text == "" {
		return errBody("%s is required.", field)
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errBody("%s: %q is not an absolute https or http address.", field, outbound.Address(text))
	}
	return nil
}

// maxOperationContext bounds what is echoed in every event, in bytes.
const maxOperationContext = 5000

// operationContext checks what a request wants to find in its events again.
func operationContext(text, callback string) (call.Context, error) {
	if len(text) > maxOperationContext {
		return call.Context{}, errBody("operationContext is longer than %d bytes.", maxOperationContext)
	}
	if err := callbackURI("operationCallbackUri", callback, false); err != nil {
		return call.Context{}, err
	}
	return call.Context{Operation: text, CallbackURI: callback}, nil
}

// callConnectionProperties describes a connection. Members stand in the order of
// the service.
func callConnectionProperties(p call.Properties, state string) object {
	targets := make([]rest.Identifier, len(p.Targets))
	for i, id := range p.Targets {
		targets[i] = rest.Identifier{ID: id}
	}
	answered := state != call.Connecting.String()
	o := make(object, 0, 10).add("callConnectionId", p.ID)
	if answered {
		o = o.add("serverCallId", p.ServerCallID)
	}
	o = o.add("targets", targets).add("callConnectionState", state).add("callbackUri", p.CallbackURI)
	if !p.CallerID.IsZero() {
		o = o.add("sourceCallerIdNumber", rest.Phone{ID: p.CallerID})
	}
	if !answered || p.DisplayName != "" || p.Source.Kind() == identifier.PhoneNumber {
		o = o.add("sourceDisplayName", p.DisplayName)
	}
	o = o.add("source", rest.Identifier{ID: p.Source}).add("correlationId", p.CorrelationID)
	if !p.AnsweredBy.IsZero() {
		o = o.add("answeredBy", rest.User{ID: p.AnsweredBy})
	}
	if s := p.Streaming; s != nil {
		o = o.add("mediaStreamingSubscription", object{{"id", s.ID}, {"state", subscriptionState(s.Active)}, {"subscribedContentTypes", []string{"audio"}}})
	}
	if t := p.Transcription; t != nil {
		states := []string{"final"}
		if t.Intermediate {
			states = append(states, "intermediate")
		}
		o = o.add("transcriptionSubscription", object{{"id", t.ID}, {"state", subscriptionState(t.Active)}, {"subscribedResultTypes", states}, {"locale", t.Locale}})
	}
	return o
}

// participantModel is one entry of a roster.
func participantModel(p call.Participant, v version) object {
	o := make(object, 0, 3).add("identifier", rest.Identifier{ID: p.ID}).add("isMuted", p.Muted)
	if v.hasHold() {
		o = o.add("isOnHold", p.OnHold)
	}
	return o
}

// rosterMembers is what ParticipantsUpdated says of its own.
func rosterMembers(e call.ParticipantsUpdated) object {
	v := version(e.Control.Version)
	list := make([]object, len(e.Participants))
	for i, p := range e.Participants {
		list[i] = participantModel(p, v)
	}
	return object{{"participants", list}, {"sequenceNumber", e.Sequence}}
}
