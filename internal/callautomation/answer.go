package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type answerCallRequest struct {
	IncomingCallContext string                `json:"incomingCallContext"`
	CallbackURI         string                `json:"callbackUri"`
	OperationContext    string                `json:"operationContext"`
	AnsweredBy          rest.User             `json:"answeredBy"`
	Intelligence        *intelligenceOptions  `json:"callIntelligenceOptions"`
	MediaStreaming      *streamingOptions     `json:"mediaStreamingOptions"`
	Transcription       *transcriptionOptions `json:"transcriptionOptions"`
}

// answerCall is POST /calling/callConnections:answer.
func (a *API) answerCall(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[answerCallRequest](r)
	if err != nil {
		return err
	}
	if body.IncomingCallContext == "" {
		return errBody("incomingCallContext is required.")
	}
	control, err := control(rest.APIVersion(r.Context()), body.CallbackURI, body.OperationContext, body.Intelligence, body.MediaStreaming, body.Transcription)
	if err != nil {
		return err
	}
	control.Barrier = barrier(r)
	made, err := a.calls.Answer(r.Context(), body.IncomingCallContext, body.AnsweredBy.ID, control)
	if err != nil {
		return err
	}
	rest.SetChainID(w, made.CorrelationID)
	return a.accepted(w, r, http.StatusOK, madeConnection(r, made))
}

// answerEvents are the events of answer beside those of every connection.
func answerEvents(e call.Event) (occurrence, bool) {
	if e, ok := e.(call.AnswerFailed); ok {
		return occurrence{name: "AnswerFailed", result: ended(e.Reason), lifecycle: true}, true
	}
	return occurrence{}, false
}
