package callautomation

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
)

type intelligenceOptions struct {
	CognitiveServicesEndpoint string `json:"cognitiveServicesEndpoint"`
}

type transcriptionOptions struct {
	StartTranscription bool `json:"startTranscription"`
}

// control is what create and answer have in common: where events go, and what
// the connection shall be able to do. Transcription that waits for a start is
// taken, since many applications set it up and never start it; its start is what
// this version does not offer.
func control(v, callback, context string, speech *intelligenceOptions, streaming *streamingOptions, transcription *transcriptionOptions) (call.Control, error) {
	if err := callbackURI("callbackUri", callback, true); err != nil {
		return call.Control{}, err
	}
	if len(context) > maxOperationContext {
		return call.Control{}, errBody("operationContext is longer than %d bytes.", maxOperationContext)
	}
	stream, err := streaming.streaming()
	if err != nil {
		return call.Control{}, err
	}
	if transcription != nil && transcription.StartTranscription {
		return call.Control{}, fault.Unsupported("transcriptionOptions.startTranscription: transcription is not offered by this version of Switchhook.").WithCode("8520")
	}
	c := call.Control{CallbackURI: callback, Version: v, Context: context, Streaming: stream}
	if speech != nil {
		c.SpeechEndpoint = speech.CognitiveServicesEndpoint
	}
	return c, nil
}
