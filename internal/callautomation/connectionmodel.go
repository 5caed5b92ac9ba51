package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// connectionModel describes a connection to a request of a version.
type connectionModel struct {
	call.Properties
	fresh   bool // to the request that has made it
	version version
}

// madeConnection is what the request is answered with that has made a connection.
// CallConnected follows.
func madeConnection(r *http.Request, p call.Properties) *connectionModel {
	p.State = call.Connecting
	return &connectionModel{p, true, version(rest.APIVersion(r.Context()))}
}

// connectionNow is what a later request for it is answered with.
func connectionNow(r *http.Request, p call.Properties) *connectionModel {
	return &connectionModel{p, false, version(rest.APIVersion(r.Context()))}
}

// MarshalJSON writes the members in the order of the service.
func (m *connectionModel) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

// AppendJSON appends what MarshalJSON returns.
func (m *connectionModel) AppendJSON(b []byte) ([]byte, error) {
	o := appendjson.Open(b)
	o.Text("callConnectionId", m.ID)
	if !m.Created || m.State != call.Connecting {
		o.Text("serverCallId", m.ServerCallID)
	}
	o.Value("targets", m.appendTargets)
	o.Text("callConnectionState", m.State.String())
	o.Text("callbackUri", m.CallbackURI)
	if !m.CallerID.IsZero() {
		o.Value("sourceCallerIdNumber", rest.Phone{ID: m.CallerID}.AppendJSON)
	}
	if m.Created || m.DisplayName != "" || m.Source.Kind() == identifier.PhoneNumber {
		o.Text("sourceDisplayName", m.DisplayName)
	}
	o.Value("source", rest.Identifier{ID: m.Source}.AppendJSON)
	o.Text("correlationId", m.CorrelationID)
	if !m.AnsweredBy.IsZero() {
		o.Value("answeredBy", rest.User{ID: m.AnsweredBy}.AppendJSON)
	}
	if stream := m.streamModel(); stream != nil {
		o.Value("mediaStreamingSubscription", stream.append)
	}
	if transcription := m.transcriptionModel(); transcription != nil {
		o.Value("transcriptionSubscription", transcription.append)
	}
	if !m.AnsweredFor.IsZero() && m.version.hasAnsweredFor() {
		o.Value("answeredFor", rest.Phone{ID: m.AnsweredFor}.AppendJSON)
	}
	return o.Close()
}

func (m *connectionModel) appendTargets(b []byte) ([]byte, error) {
	return appendjson.List(b, m.Targets, func(b []byte, id *identifier.ID) ([]byte, error) {
		return rest.Identifier{ID: *id}.AppendJSON(b)
	})
}

// streamModel is media streaming, set up or not; nil: the version tells nothing of it.
func (m *connectionModel) streamModel() object {
	switch s := m.Streaming; {
	case s != nil:
		return object{{"id", s.ID}, {"state", subscriptionState(s.Active)}, {"subscribedContentTypes", []string{"audio"}}}
	case !m.version.hasDisabled():
		return nil
	case m.fresh:
		return object{{"id", m.StreamID}, {"state", disabledState}, {"subscribedContentTypes", []string{"audio"}}}
	}
	return object{{"state", disabledState}}
}

// transcriptionModel is the transcription, set up or not; nil: nothing is told of it.
func (m *connectionModel) transcriptionModel() object {
	t := m.Transcription
	switch {
	case t == nil && m.version.hasDisabled() && !m.fresh:
		return object{{"state", disabledState}, {"subscribedResultTypes", []string{}}}
	case t == nil:
		return nil
	}
	kinds := []string{"final"}
	if t.Intermediate {
		kinds = append(kinds, "intermediate")
	}
	return object{{"id", t.ID}, {"state", subscriptionState(t.Active)}, {"subscribedResultTypes", kinds}, {"locale", t.Locale}}
}
