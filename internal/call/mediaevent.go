package call

// What becomes of prompts and keys.
type (
	// PlayStarted says that the first source can be heard.
	PlayStarted struct{ Head }
	// PlayCompleted says that the last source was heard to its end.
	PlayCompleted struct{ Head }
	// PlayFailed says that a source could not be played.
	PlayFailed struct {
		Head
		Source int // index of the source
		Cause  error
	}
	// PlayCanceled says that a play was given up: by cancel, by a barge-in, by the call's end.
	PlayCanceled struct{ Head }

	// RecognizeCompleted carries what was collected: keys, words or a choice.
	RecognizeCompleted struct {
		Head
		Input Input // which of them
		Tones []Tone
		By    RecognizeEnd
		Said  Said
	}
	// RecognizeFailed says that nothing was collected.
	RecognizeFailed struct {
		Head
		By     RecognizeEnd
		Source int   // with PromptFailed: index of the prompt
		Cause  error // with PromptFailed and SpeechFailed
	}
	// RecognizeCanceled says that a recognition was given up.
	RecognizeCanceled struct{ Head }

	// SendTonesCompleted says that the last tone was sent.
	SendTonesCompleted struct{ Head }
	// SendTonesFailed says that not all tones were sent.
	SendTonesFailed struct {
		Head
		Canceled bool
		Cause    error
	}
	// ToneReceived is one key of a continuous recognition; Sequence counts them from 1.
	ToneReceived struct {
		Head
		Tone     Tone
		Sequence int
	}
	// TonesFailed says that keys may have been missed; TonesStopped follows.
	TonesFailed struct {
		Head
		Reason Reason
	}
	// TonesStopped ends a continuous recognition.
	TonesStopped struct{ Head }
)

// What becomes of sound that goes to an application, or into files.
type (
	// MediaStreamingStarted says that the application has taken the stream.
	MediaStreamingStarted struct{ Head }
	// MediaStreamingStopped ends a stream that was stopped, or whose call has ended.
	MediaStreamingStopped struct{ Head }
	// MediaStreamingFailed ends a stream that could not be opened, or was interrupted
	// for good.
	MediaStreamingFailed struct {
		Head
		Interrupted bool // it was open before
		Stopping    bool // because the server ends
		Cause       error
	}
	// TranscriptionStarted says that the application has taken the transcription.
	TranscriptionStarted struct{ Head }
	// TranscriptionUpdated says that another language, or another model, counts.
	TranscriptionUpdated struct{ Head }
	// TranscriptionStopped ends one that was stopped, or whose call has ended.
	TranscriptionStopped struct{ Head }
	// TranscriptionFailed ends one that could not be opened, was interrupted for good,
	// or that no provider of speech serves.
	TranscriptionFailed struct {
		Head
		Interrupted bool // it was open before
		Stopping    bool // because the server ends
		Cause       error
	}
	// RecordingStateChanged says that a recording has begun, was paused, goes on again, or
	// has ended.
	RecordingStateChanged struct {
		Head
		Phase RecordingPhase
		Cause error // why it ended by itself; nil: nothing went wrong
	}
	// StartRecordingFailed ends a recording of which nothing could be written.
	StartRecordingFailed struct {
		Head
		Cause error
	}
)

// What held participants hear.
type (
	// HoldFailed says that the music of hold cannot be played; the hold stands.
	HoldFailed struct {
		Head
		Cause error
	}
	// HoldAudioStarted says that a held participant hears its music.
	HoldAudioStarted struct{ Head }
	// HoldAudioPaused says that it hears a prompt instead.
	HoldAudioPaused struct{ Head }
	// HoldAudioResumed says that it hears its music again.
	HoldAudioResumed struct{ Head }
	// HoldAudioCompleted says that its music is over.
	HoldAudioCompleted struct{ Head }
)
