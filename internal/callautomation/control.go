package callautomation

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
)

type intelligenceOptions struct {
	CognitiveServicesEndpoint string `json:"cognitiveServicesEndpoint"`
}

type streamingOptions struct {
	StartMediaStreaming bool `json:"startMediaStreaming"`
}

type transcriptionOptions struct {
	StartTranscription bool `json:"startTranscription"`
}

// control is what create and answer have in common: where events go, and what
// the connection shall be able to do. Streaming and transcription that wait for
// a start are taken, since many applications set them up and never start them;
// their start is what this version does not offer.
func control(v, callback, context string, speech *intelligenceOptions, streaming *streamingOptions, transcription *transcriptionOptions) (call.Control, error) {
	if err := callbackURI("callbackUri", callback, true); err != nil {
		return call.Control{}, err
	}
	if len(context) > maxOperationContext {
		return call.Control{}, errBody("operationContext is longer than %d bytes.", maxOperationContext)
	}
	if streaming != nil && streaming.StartMediaStreaming {
		return call.Control{}, fault.Unsupported("mediaStreamingOptions.startMediaStreaming: media streaming is not offered by this version of Switchhook.").WithCode("8520")
	}
	if transcription != nil && transcription.StartTranscription {
		return call.Control{}, fault.Unsupported("transcriptionOptions.startTranscription: transcription is not offered by this version of Switchhook.").WithCode("8520")
	}
	c := call.Control{CallbackURI: callback, Version: v, Context: context}
	if speech != nil {
		c.SpeechEndpoint = speech.CognitiveServicesEndpoint
	}
	return c, nil
}
