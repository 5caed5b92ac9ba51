package callautomation

import (
	"cmp"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type intelligenceOptions struct {
	CognitiveServicesEndpoint string `json:"cognitiveServicesEndpoint"`
	Backup                    string `json:"backupCognitiveServicesEndpoint"` // of previews
}

// control is what create and answer have in common: where events go, and what
// the connection shall be able to do.
func control(v, callback, context string, speech *intelligenceOptions, streaming *streamingOptions, transcription *transcriptionOptions) (call.Control, error) {
	callback, err := callbackURI("callbackUri", callback, true)
	if err != nil {
		return call.Control{}, err
	}
	if err := atMost("operationContext", context, maxOperationContext); err != nil {
		return call.Control{}, err
	}
	stream, err := streaming.streaming()
	if err != nil {
		return call.Control{}, err
	}
	text, err := transcription.transcription()
	if err != nil {
		return call.Control{}, err
	}
	c := call.Control{CallbackURI: callback, Version: v, Context: context, Streaming: stream, Transcription: text}
	c.SpeechEndpoint, c.SpeechBackup, err = speech.endpoints()
	return c, err
}

// endpoints are those of the options; nil has none.
func (o *intelligenceOptions) endpoints() (main, backup string, err error) {
	if o == nil {
		return "", "", nil
	}
	const field = "callIntelligenceOptions."
	return o.CognitiveServicesEndpoint, o.Backup, cmp.Or(
		addressFits(field+"cognitiveServicesEndpoint", o.CognitiveServicesEndpoint), addressFits(field+"backupCognitiveServicesEndpoint", o.Backup))
}

// barrier is that of a connection or a recording that a request makes: their events follow
// its answer.
func barrier(r *http.Request) *call.Barrier {
	b := new(call.Barrier)
	rest.Afterwards(r.Context(), b.Await())
	return b
}
