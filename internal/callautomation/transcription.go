package callautomation

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/speech"
)

// transcriptionOptions are those of create, answer and connect.
type transcriptionOptions struct {
	unservedOptions
	TransportURL              string   `json:"transportUrl"`
	TransportType             string   `json:"transportType"`
	Locale                    string   `json:"locale"`
	Locales                   []string `json:"locales"`
	SpeechModelEndpointID     string   `json:"speechModelEndpointId"`
	SpeechRecognitionModel    string   `json:"speechRecognitionModelEndpointId"`
	StartTranscription        bool     `json:"startTranscription"`
	EnableIntermediateResults bool     `json:"enableIntermediateResults"`
}

// transcription checks the options; nil where there are none.
func (o *transcriptionOptions) transcription() (*call.Transcription, error) {
	if o == nil {
		return nil, nil
	}
	const field = "transcriptionOptions."
	if err := o.check(field); err != nil {
		return nil, err
	}
	if err := modelsFit(field, o.SpeechModelEndpointID, o.SpeechRecognitionModel); err != nil {
		return nil, err
	}
	address, err := webSocket(field, o.TransportType, o.TransportURL, o.StartTranscription)
	if err != nil {
		return nil, err
	}
	locale := o.Locale
	if locale == "" && len(o.Locales) > 0 {
		locale = o.Locales[0]
	}
	if err := checkLocale(field+"locale", locale, o.StartTranscription); err != nil {
		return nil, err
	}
	if err := checkLocales(field+"locales", o.Locales); err != nil {
		return nil, err
	}
	return &call.Transcription{
		URL: address, Locale: locale, Locales: o.Locales, Model: cmp.Or(o.SpeechModelEndpointID, o.SpeechRecognitionModel), Intermediate: o.EnableIntermediateResults, AtOnce: o.StartTranscription,
	}, nil
}

// modelsFit refuses the names of models that are too long.
func modelsFit(field, model, recognition string) error {
	return cmp.Or(addressFits(field+"speechModelEndpointId", model), addressFits(field+"speechRecognitionModelEndpointId", recognition))
}

type transcriptionRequest struct {
	contextRequest
	unservedOptions
	Locale           string   `json:"locale"`
	Locales          []string `json:"locales"` // of previews, as the next but one
	Model            string   `json:"speechModelEndpointId"`
	RecognitionModel string   `json:"speechRecognitionModelEndpointId"`
}

func (r transcriptionRequest) model() string { return cmp.Or(r.Model, r.RecognitionModel) }

// languages are those that are asked for, the main one first; none: those set up.
func (r transcriptionRequest) languages() []string {
	if len(r.Locales) == 0 && r.Locale != "" {
		return []string{r.Locale}
	}
	return r.Locales
}

// transcribing reads a request about the transcription of a connection. It is answered with
// what do returns; nil is no body.
func (a *API) transcribing(w http.ResponseWriter, r *http.Request, do func(*call.Connection, transcriptionRequest, call.Context) (any, error)) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[transcriptionRequest](r)
	if err != nil {
		return err
	}
	if err := body.check(""); err != nil {
		return err
	}
	if err := cmp.Or(checkLocales("locales", body.Locales), modelsFit("", body.Model, body.RecognitionModel)); err != nil {
		return err
	}
	what, err := operationContext(body.OperationContext, body.OperationCallbackURI)
	if err != nil {
		return err
	}
	answer, err := do(conn, body, what)
	if err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, answer)
}

// subscribed is what a start and a stop of the transcription are answered with; nil: no body.
func subscribed(r *http.Request, conn *call.Connection, what call.Context) any {
	if !version(rest.APIVersion(r.Context())).namesSubscription() {
		return nil
	}
	p, err := conn.Properties(r.Context())
	if err != nil || p.Transcription == nil { // what was asked for is done, though the call be over
		return nil
	}
	return object{}.addText("operationContext", what.Operation).add("subscriptionId", p.Transcription.ID)
}

// startTranscription is POST …:startTranscription.
func (a *API) startTranscription(w http.ResponseWriter, r *http.Request) error {
	return a.transcribing(w, r, func(conn *call.Connection, body transcriptionRequest, what call.Context) (any, error) {
		if err := cmp.Or(checkLocale("locale", body.Locale, false), a.checkBacklogOf(conn, what)); err != nil {
			return nil, err
		}
		if err := conn.StartTranscription(r.Context(), body.languages(), body.model(), what); err != nil {
			return nil, err
		}
		return subscribed(r, conn, what), nil
	})
}

// updateTranscription is POST …:updateTranscription.
func (a *API) updateTranscription(w http.ResponseWriter, r *http.Request) error {
	return a.transcribing(w, r, func(conn *call.Connection, body transcriptionRequest, what call.Context) (any, error) {
		if err := cmp.Or(checkLocale("locale", body.Locale, body.model() == ""), a.checkBacklogOf(conn, what)); err != nil {
			return nil, err
		}
		return nil, conn.UpdateTranscription(r.Context(), body.Locale, body.model(), what)
	})
}

// stopTranscription is POST …:stopTranscription.
func (a *API) stopTranscription(w http.ResponseWriter, r *http.Request) error {
	return a.transcribing(w, r, func(conn *call.Connection, _ transcriptionRequest, what call.Context) (any, error) {
		if err := conn.StopTranscription(r.Context(), what); err != nil {
			return nil, err
		}
		return subscribed(r, conn, what), nil
	})
}

// transcriptionEvents are the events of transcription.
func transcriptionEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.TranscriptionStarted:
		return occurrence{name: "TranscriptionStarted", own: transcriptionUpdate("transcriptionStarted", "subscriptionStarted"), result: actionCompleted}, true
	case call.TranscriptionUpdated:
		return occurrence{name: "TranscriptionUpdated", own: transcriptionUpdate("transcriptionUpdated", "transcriptionLocaleUpdated"), result: actionCompleted}, true
	case call.TranscriptionStopped:
		return occurrence{name: "TranscriptionStopped", own: transcriptionUpdate("transcriptionStopped", "subscriptionStopped"), result: actionCompleted}, true
	case call.TranscriptionFailed:
		details, result := transcriptionFailed(e)
		return occurrence{name: "TranscriptionFailed", own: transcriptionUpdate("transcriptionFailed", details), result: result}, true
	}
	return occurrence{}, false
}

func transcriptionUpdate(status, details string) object {
	return object{{"transcriptionUpdate", object{{"transcriptionStatus", status}, {"transcriptionStatusDetails", details}}}}
}

// transcriptionFailed says why a transcription has failed: its codes are those of the
// stream's URL (8581), of the WebSocket (8578, 8580) and of the speech service.
func transcriptionFailed(e call.TranscriptionFailed) (details string, result resultInformation) {
	var service *speech.Error
	if errors.As(e.Cause, &service) {
		return "speechServicesConnectionError", spokenTo(service)
	}
	details, result = streamFailed(e.Cause, e.Interrupted, e.Stopping)
	switch {
	case e.Stopping:
		result.SubCode = 8580
	case e.Interrupted:
		result.SubCode = 8578
	}
	return details, result
}
