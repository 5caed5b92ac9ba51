package callautomation

import (
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type recognizeRequest struct {
	RecognizeInputType          string            `json:"recognizeInputType"`
	PlayPrompt                  *playSource       `json:"playPrompt"`
	PlayPrompts                 []playSource      `json:"playPrompts"`
	InterruptCallMediaOperation *bool             `json:"interruptCallMediaOperation"`
	OperationContext            string            `json:"operationContext"`
	OperationCallbackURI        string            `json:"operationCallbackUri"`
	RecognizeOptions            *recognizeOptions `json:"recognizeOptions"`
}

type recognizeOptions struct {
	InterruptPrompt                *bool            `json:"interruptPrompt"`
	InitialSilenceTimeoutInSeconds *int             `json:"initialSilenceTimeoutInSeconds"`
	TargetParticipant              *rest.Identifier `json:"targetParticipant"`
	DtmfOptions                    *dtmfOptions     `json:"dtmfOptions"`
	SpeechLanguage                 string           `json:"speechLanguage"`
	SpeechLanguages                []string         `json:"speechLanguages"`
	EnableSentimentAnalysis        bool             `json:"enableSentimentAnalysis"` // of previews
	SpeechModel                    string           `json:"speechRecognitionModelEndpointId"`
	SpeechOptions                  *speechOptions   `json:"speechOptions"`
	Choices                        []choice         `json:"choices"`
}

type dtmfOptions struct {
	InterToneTimeoutInSeconds *int     `json:"interToneTimeoutInSeconds"`
	MaxTonesToCollect         *int     `json:"maxTonesToCollect"`
	StopTones                 []string `json:"stopTones"`
}

// Defaults of the recognize action, in seconds.
const (
	defaultInitialSilence = 5
	defaultInterTone      = 2
)

// maxStopTones is how many stop tones a request may name. There are 16.
const maxStopTones = 100

func (r recognizeRequest) recognize() (rec call.Recognize, err error) {
	input, known := inputs[strings.ToLower(r.RecognizeInputType)]
	if !known {
		return rec, errBody("recognizeInputType: %q is not one of dtmf, speech, speechOrDtmf and choices.", r.RecognizeInputType)
	}
	rec.Input = input
	if r.RecognizeOptions == nil || r.RecognizeOptions.TargetParticipant == nil {
		return rec, errBody("recognizeOptions.targetParticipant is required.")
	}
	sources := r.PlayPrompts
	if len(sources) == 0 && r.PlayPrompt != nil {
		sources = []playSource{*r.PlayPrompt}
	}
	if rec.Prompts, err = prompts("playPrompts", sources); err != nil {
		return rec, err
	}
	if rec.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI); err != nil {
		return rec, err
	}
	rec.Interrupt = orTrue(r.InterruptCallMediaOperation)
	return rec, r.RecognizeOptions.into(&rec)
}

// into checks the options that say what is collected and for how long.
func (o recognizeOptions) into(rec *call.Recognize) (err error) {
	rec.Target = o.TargetParticipant.ID
	rec.InterruptPrompt = orTrue(o.InterruptPrompt)
	if rec.InitialSilence, err = seconds("recognizeOptions.initialSilenceTimeoutInSeconds", o.InitialSilenceTimeoutInSeconds, defaultInitialSilence, 0, 300); err != nil {
		return err
	}
	dtmf := o.DtmfOptions
	if dtmf == nil {
		dtmf = &dtmfOptions{}
	}
	if rec.InterTone, err = seconds("dtmfOptions.interToneTimeoutInSeconds", dtmf.InterToneTimeoutInSeconds, defaultInterTone, 1, 60); err != nil {
		return err
	}
	if dtmf.MaxTonesToCollect != nil {
		if rec.MaxTones = *dtmf.MaxTonesToCollect; rec.MaxTones < 1 {
			return errBody("dtmfOptions.maxTonesToCollect: %d is less than 1.", rec.MaxTones)
		}
	}
	if len(dtmf.StopTones) > maxStopTones {
		return errBody("dtmfOptions.stopTones: more than %d tones.", maxStopTones)
	}
	if rec.StopTones, err = parseTones("dtmfOptions.stopTones", dtmf.StopTones); err != nil {
		return err
	}
	return o.speech(rec)
}

func orTrue(b *bool) bool { return b == nil || *b }

// seconds checks a timeout against its bounds.
func seconds(field string, given *int, otherwise, low, high int) (time.Duration, error) {
	n := otherwise
	if given != nil {
		n = *given
	}
	if n < low || n > high {
		return 0, errBody("%s: %d is not between %d and %d.", field, n, low, high)
	}
	return time.Duration(n) * time.Second, nil
}

// recognize is POST …:recognize.
func (a *API) recognize(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[recognizeRequest](r)
	if err != nil {
		return err
	}
	recognize, err := body.recognize()
	if err != nil {
		return err
	}
	if err := a.checkBacklogOf(conn, recognize.Context); err != nil {
		return err
	}
	if err := conn.Recognize(r.Context(), recognize); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, nil)
}

// recognizeEvents are the events of recognize.
func recognizeEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.RecognizeCompleted:
		return occurrence{name: "RecognizeCompleted", own: recognizedMembers(e), result: recognized(e.By)}, true
	case call.RecognizeFailed:
		return recognizeFailed(e), true
	case call.RecognizeCanceled:
		return occurrence{name: "RecognizeCanceled", result: actionCanceled}, true
	}
	return occurrence{}, false
}

func recognizeFailed(e call.RecognizeFailed) occurrence {
	o := occurrence{name: "RecognizeFailed", result: initialSilence}
	switch e.By {
	case call.Interrupted:
		o.result = resultInformation{Code: 500, SubCode: 8512, Message: "Action failed, unknown internal server error" + because(e.Cause)}
	case call.WrongTone:
		o.result = resultInformation{Code: 400, SubCode: 8534, Message: "Action failed, incorrect tone entered."}
	case call.NoSuchChoice:
		o.result = resultInformation{Code: 400, SubCode: 8547, Message: "Action failed, speech option not matched."}
	case call.NotUnderstood:
		o.result = resultInformation{Code: 400, SubCode: 8563, Message: "Action failed, speech could not be recognized."}
	case call.SpeechFailed:
		o.result = unheard(e.Cause)
	case call.PromptFailed:
		o.own = object{{"failedPlaySourceIndex", e.Source}}
		o.result = resultInformation{Code: 500, SubCode: 8511, Message: "Action failed, encountered failure while trying to play the prompt. " + unplayable(e.Cause).Message}
	}
	return o
}
