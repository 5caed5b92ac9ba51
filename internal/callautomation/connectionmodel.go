package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// connectionModel describes a connection, in a state by its name, to a request of a
// version.
type connectionModel struct {
	call.Properties
	state   string
	version version
}

// callConnectionProperties is what requests about a connection are answered with.
func callConnectionProperties(r *http.Request, p call.Properties, state string) *connectionModel {
	return &connectionModel{p, state, version(rest.APIVersion(r.Context()))}
}

// MarshalJSON writes the members in the order of the service.
func (m *connectionModel) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

// AppendJSON appends what MarshalJSON returns.
func (m *connectionModel) AppendJSON(b []byte) ([]byte, error) {
	answered := m.state != call.Connecting.String()
	o := appendjson.Open(b)
	o.Text("callConnectionId", m.ID)
	if answered {
		o.Text("serverCallId", m.ServerCallID)
	}
	o.Value("targets", m.appendTargets)
	o.Text("callConnectionState", m.state)
	o.Text("callbackUri", m.CallbackURI)
	if !m.CallerID.IsZero() {
		o.Value("sourceCallerIdNumber", rest.Phone{ID: m.CallerID}.AppendJSON)
	}
	if !answered || m.DisplayName != "" || m.Source.Kind() == identifier.PhoneNumber {
		o.Text("sourceDisplayName", m.DisplayName)
	}
	o.Value("source", rest.Identifier{ID: m.Source}.AppendJSON)
	o.Text("correlationId", m.CorrelationID)
	if !m.AnsweredBy.IsZero() {
		o.Value("answeredBy", rest.User{ID: m.AnsweredBy}.AppendJSON)
	}
	if m.Streaming != nil {
		o.Value("mediaStreamingSubscription", streamModel(m.Streaming).append)
	}
	if m.Transcription != nil {
		o.Value("transcriptionSubscription", transcriptionModel(m.Transcription).append)
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

func streamModel(s *call.StreamState) object {
	return object{{"id", s.ID}, {"state", subscriptionState(s.Active)}, {"subscribedContentTypes", []string{"audio"}}}
}

func transcriptionModel(t *call.TranscriptionState) object {
	kinds := []string{"final"}
	if t.Intermediate {
		kinds = append(kinds, "intermediate")
	}
	return object{{"id", t.ID}, {"state", subscriptionState(t.Active)}, {"subscribedResultTypes", kinds}, {"locale", t.Locale}}
}
