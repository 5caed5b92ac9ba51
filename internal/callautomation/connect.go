package callautomation

import (
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type connectRequest struct {
	CallLocator      *callLocator          `json:"callLocator"`
	CallbackURI      string                `json:"callbackUri"`
	OperationContext string                `json:"operationContext"`
	Intelligence     *intelligenceOptions  `json:"callIntelligenceOptions"`
	MediaStreaming   *streamingOptions     `json:"mediaStreamingOptions"`
	Transcription    *transcriptionOptions `json:"transcriptionOptions"`
}

// callLocator names a call that goes on.
type callLocator struct {
	Kind         string `json:"kind"`
	ServerCallID string `json:"serverCallId"`
	GroupCallID  string `json:"groupCallId"`
	RoomID       string `json:"roomId"`
}

// locator is the one name that a CallLocator is of its kind.
func (l *callLocator) locator() (to call.Locator, err error) {
	if l == nil {
		return to, errBody("callLocator is required.")
	}
	switch kind := strings.ToLower(l.Kind); {
	case kind == "servercalllocator" || kind == "" && l.ServerCallID != "":
		to.ServerCallID, err = needed("serverCallId", l.ServerCallID)
	case kind == "groupcalllocator" || kind == "" && l.GroupCallID != "":
		to.GroupCallID, err = needed("groupCallId", l.GroupCallID)
	case kind == "roomcalllocator" || kind == "" && l.RoomID != "":
		to.RoomID, err = needed("roomId", l.RoomID)
	default:
		err = errBody("callLocator.kind: %q is not one of serverCallLocator, groupCallLocator and roomCallLocator.", l.Kind)
	}
	return to, err
}

func needed(field, value string) (string, error) {
	if value == "" {
		return "", errBody("callLocator.%s is required.", field)
	}
	return value, nil
}

// connect is POST /calling/callConnections:connect.
func (a *API) connect(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[connectRequest](r)
	if err != nil {
		return err
	}
	to, err := body.CallLocator.locator()
	if err != nil {
		return err
	}
	control, err := control(rest.APIVersion(r.Context()), body.CallbackURI, body.OperationContext, body.Intelligence, body.MediaStreaming, body.Transcription)
	if err != nil {
		return err
	}
	if err := a.checkBacklog(control.CallbackURI); err != nil { // it needs no call, but has an event
		return err
	}
	control.Barrier = barrier(r)
	made, err := a.calls.Connect(r.Context(), to, control)
	if err != nil {
		return err
	}
	rest.SetChainID(w, made.CorrelationID)
	return a.accepted(w, r, http.StatusOK, madeConnection(r, made))
}

type redirectCallRequest struct {
	IncomingCallContext  string           `json:"incomingCallContext"`
	Target               *rest.Identifier `json:"target"`
	CustomCallingContext *callingContext  `json:"customCallingContext"`
}

// redirectCall is POST /calling/callConnections:redirect.
func (a *API) redirectCall(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[redirectCallRequest](r)
	if err != nil {
		return err
	}
	if body.IncomingCallContext == "" {
		return errBody("incomingCallContext is required.")
	}
	if body.Target == nil {
		return errBody("target is required.")
	}
	to := call.Redirect{Target: body.Target.ID, By: asker(r.Context())}
	if to.SIPHeaders, to.VoIPHeaders, err = body.CustomCallingContext.headers(); err != nil {
		return err
	}
	chain := a.calls.CorrelationID(body.IncomingCallContext) // afterwards nothing rings
	if err := a.calls.Redirect(r.Context(), body.IncomingCallContext, to); err != nil {
		return err
	}
	rest.SetChainID(w, chain)
	return a.accepted(w, r, http.StatusNoContent, nil)
}

// connectEvents are the events of connect beside those of every connection.
func connectEvents(e call.Event) (occurrence, bool) {
	if e, ok := e.(call.ConnectFailed); ok {
		return occurrence{name: "ConnectFailed", result: ended(e.Reason), lifecycle: true, last: true}, true
	}
	return occurrence{}, false
}
