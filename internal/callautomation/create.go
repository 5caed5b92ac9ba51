package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

type createCallRequest struct {
	Targets              []rest.Identifier     `json:"targets"`
	SourceCallerIDNumber rest.Phone            `json:"sourceCallerIdNumber"`
	SourceDisplayName    string                `json:"sourceDisplayName"`
	Source               rest.User             `json:"source"`
	OperationContext     string                `json:"operationContext"`
	CallbackURI          string                `json:"callbackUri"`
	Intelligence         *intelligenceOptions  `json:"callIntelligenceOptions"`
	MediaStreaming       *streamingOptions     `json:"mediaStreamingOptions"`
	Transcription        *transcriptionOptions `json:"transcriptionOptions"`
	TeamsAppSource       *struct{}             `json:"teamsAppSource"`
	CustomCallingContext *callingContext       `json:"customCallingContext"`
}

// maxDisplayName bounds a name shown to a callee, in characters.
const maxDisplayName = 256

func (r createCallRequest) create(v string) (create call.Create, err error) {
	if r.TeamsAppSource != nil {
		return create, fault.Unsupported("teamsAppSource: calls on behalf of a Teams app are not offered.").WithCode("8520")
	}
	if err := atMost("sourceDisplayName", r.SourceDisplayName, maxDisplayName); err != nil {
		return create, err
	}
	if len(r.Targets) > call.MaxTargets { // before they are read as participants, of whom a call may have more
		return create, errBody("targets: Between 1 and %d targets are required.", call.MaxTargets)
	}
	if create.Targets, err = identities("targets", r.Targets); err != nil {
		return create, err
	}
	if create.SIPHeaders, create.VoIPHeaders, err = r.CustomCallingContext.headers(); err != nil {
		return create, err
	}
	create.Source, create.CallerID = r.Source.ID, r.SourceCallerIDNumber.ID
	create.DisplayName = r.SourceDisplayName
	create.Control, err = control(v, r.CallbackURI, r.OperationContext, r.Intelligence, r.MediaStreaming, r.Transcription)
	return create, err
}

// createCall is POST /calling/callConnections.
func (a *API) createCall(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[createCallRequest](r)
	if err != nil {
		return err
	}
	create, err := body.create(rest.APIVersion(r.Context()))
	if err != nil {
		return err
	}
	if err := a.checkBacklog(create.Control.CallbackURI); err != nil {
		return err
	}
	create.By, create.Control.Barrier = asker(r.Context()), barrier(r)
	made, err := a.calls.Create(r.Context(), create)
	if err != nil {
		return err
	}
	rest.SetChainID(w, made.CorrelationID)
	return a.accepted(w, r, http.StatusCreated, madeConnection(r, made))
}

// createEvents are the events of createCall beside those of every connection.
func createEvents(e call.Event) (occurrence, bool) {
	if e, ok := e.(call.CreateCallFailed); ok {
		return occurrence{name: "CreateCallFailed", result: ended(e.Reason), lifecycle: true}, true
	}
	return occurrence{}, false
}
