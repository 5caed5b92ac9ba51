package callautomation

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/streaming"
)

// streamingOptions are mediaStreamingOptions of create, answer and connect. Enums
// are compared regardless of case: Microsoft's own samples write Pcm24KMono.
type streamingOptions struct {
	TransportURL        string `json:"transportUrl"`
	TransportType       string `json:"transportType"`
	ContentType         string `json:"contentType"`
	AudioChannelType    string `json:"audioChannelType"`
	StartMediaStreaming bool   `json:"startMediaStreaming"`
	EnableBidirectional bool   `json:"enableBidirectional"`
	EnableDtmfTones     bool   `json:"enableDtmfTones"`
	AudioFormat         string `json:"audioFormat"`
}

// streaming checks the options; nil where there are none.
func (o *streamingOptions) streaming() (*call.Streaming, error) {
	if o == nil {
		return nil, nil
	}
	const field = "mediaStreamingOptions."
	address, err := webSocket(field, o.TransportType, o.TransportURL, o.StartMediaStreaming)
	if err != nil {
		return nil, err
	}
	s := &call.Streaming{
		URL: address, Rate: 16000, Bidirectional: o.EnableBidirectional, Tones: o.EnableDtmfTones, AtOnce: o.StartMediaStreaming,
	}
	if o.ContentType != "" && !strings.EqualFold(o.ContentType, "audio") {
		return nil, errBody("%scontentType: %q is not audio.", field, o.ContentType)
	}
	switch strings.ToLower(o.AudioChannelType) {
	case "mixed":
	case "unmixed":
		s.Unmixed = true
	default:
		return nil, errBody("%saudioChannelType: %q is neither mixed nor unmixed.", field, o.AudioChannelType)
	}
	switch strings.ToLower(o.AudioFormat) {
	case "", "pcm16kmono":
	case "pcm24kmono":
		s.Rate = 24000
	default:
		return nil, errBody("%saudioFormat: %q is neither pcm16KMono nor pcm24KMono.", field, o.AudioFormat)
	}
	return s, nil
}

// webSocket returns where a stream is to go. An address may be left out as long as
// nothing starts.
func webSocket(field, transport, text string, required bool) (address string, err error) {
	switch {
	case transport != "" && !strings.EqualFold(transport, "websocket"):
		return "", errBody("%stransportType: %q is not websocket.", field, transport)
	case text == "" && !required:
		return "", nil
	case text == "":
		return "", errBody("%stransportUrl is required to start at once.", field)
	}
	if err := addressFits(field+"transportUrl", text); err != nil {
		return "", err
	}
	if address, err = streaming.Address(text); err != nil {
		return "", errBody("%stransportUrl: %s is not the address of a WebSocket: %v.", field, quoted(text), err)
	}
	return address, nil
}

// contextRequest is a request that has nothing but its context.
type contextRequest struct {
	OperationContext     string `json:"operationContext"`
	OperationCallbackURI string `json:"operationCallbackUri"`
}

// withContext does something with a connection for a request that has nothing but
// its context, or no body at all.
func (a *API) withContext(w http.ResponseWriter, r *http.Request, do func(*call.Connection, context.Context, call.Context) error) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[contextRequest](r)
	if err != nil {
		return err
	}
	what, err := operationContext(body.OperationContext, body.OperationCallbackURI)
	if err != nil {
		return err
	}
	if err := do(conn, r.Context(), what); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, nil)
}

// startMediaStreaming is POST …:startMediaStreaming.
func (a *API) startMediaStreaming(w http.ResponseWriter, r *http.Request) error {
	return a.withContext(w, r, func(conn *call.Connection, ctx context.Context, what call.Context) error {
		if err := a.checkBacklogOf(conn, what); err != nil {
			return err
		}
		return conn.StartStreaming(ctx, what)
	})
}

// stopMediaStreaming is POST …:stopMediaStreaming.
func (a *API) stopMediaStreaming(w http.ResponseWriter, r *http.Request) error {
	return a.withContext(w, r, (*call.Connection).StopStreaming)
}

// disabledState is the state of streaming or transcription that was not set up.
const disabledState = "disabled"

// subscriptionState is the state of one that was.
func subscriptionState(active bool) string {
	if active {
		return "active"
	}
	return "inactive"
}

// streamingEvents are the events of media streaming.
func streamingEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.MediaStreamingStarted:
		return occurrence{name: "MediaStreamingStarted", own: streamingUpdate("mediaStreamingStarted", "subscriptionStarted"), result: actionCompleted}, true
	case call.MediaStreamingStopped:
		return occurrence{name: "MediaStreamingStopped", own: streamingUpdate("mediaStreamingStopped", "subscriptionStopped"), result: actionCompleted}, true
	case call.MediaStreamingFailed:
		details, result := streamFailed(e.Cause, e.Interrupted, e.Stopping)
		return occurrence{name: "MediaStreamingFailed", own: streamingUpdate("mediaStreamingFailed", details), result: result}, true
	}
	return occurrence{}, false
}

func streamingUpdate(status, details string) object {
	return object{{"mediaStreamingUpdate", object{
		{"contentType", "Audio"}, {"mediaStreamingStatus", status}, {"mediaStreamingStatusDetails", details},
	}}}
}

// streamFailed says why a stream to an application has failed. The message has the
// application's own status, or the error of our connection: nothing else tells an
// application why it hears nothing.
func streamFailed(cause error, interrupted, stopping bool) (details string, result resultInformation) {
	result = resultInformation{Code: 500, SubCode: 8603, Message: "Action failed, the stream was interrupted" + because(cause)}
	switch {
	case stopping:
		result.Message = "Action failed, the service was shut down" + because(cause)
		return "serviceShutdown", result
	case interrupted:
		return "streamConnectionInterrupted", result
	}
	result = resultInformation{Code: 400, SubCode: 8581, Message: "Action failed, the stream URL cannot be used" + because(cause)}
	var refused *streaming.StatusError
	if errors.As(cause, &refused) {
		switch refused.Status {
		case http.StatusUnauthorized:
			return "authenticationFailure", result
		case http.StatusForbidden:
			return "forbidden", result
		case http.StatusBadRequest:
			return "badRequest", result
		case http.StatusTooManyRequests:
			return "tooManyRequests", result
		case http.StatusRequestTimeout, http.StatusGatewayTimeout:
			return "serviceTimeout", result
		}
	}
	return "streamConnectionUnsuccessful", result
}

// because ends a message with its cause, where one is known.
func because(cause error) string {
	if cause == nil {
		return "."
	}
	return ": " + strings.TrimSuffix(cause.Error(), ".") + "."
}
