package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Publisher takes what happens in calls. Publish only queues: it is called on
// the goroutine of a call.
type Publisher interface {
	Publish(Event)
}

// Event is what happened to a connection, or to a call whatever connections it
// has. The set is closed; Events and CallEvents list it.
type Event interface {
	Header() Head
	event()
}

// Head is common to all events.
type Head struct {
	Connection    string // call connection id; "" for an event of the call
	ServerCallID  string
	CorrelationID string
	Control       Control
	Operation     Operation // the operation that the event belongs to; zero where none
	At            time.Time
}

// Header returns the head itself, so that every event carries it by embedding.
func (h Head) Header() Head { return h }

func (Head) event() {}

// Scope says to what the event belongs.
func (h Head) Scope() Scope {
	if h.Connection == "" {
		return CallScope
	}
	return ConnectionScope
}

// Control is an application's hold on a connection: where its events go and in
// whose shape. It is given at create, answer or connect and never changes.
type Control struct {
	CallbackURI string
	Version     string // api-version of the request that made the connection
	Context     string // operationContext of that request
	// SpeechEndpoint is the cognitiveServicesEndpoint, kept for speech, and SpeechBackup
	// the one that previews name for when it fails.
	SpeechEndpoint string
	SpeechBackup   string
	Streaming      *Streaming     // what media streaming was set up; nil: none
	Transcription  *Transcription // what transcription was set up; nil: none
}

// Operation names accepted work.
type Operation struct {
	ID          string
	Kind        OperationKind
	Context     string        // operationContext of the request; "" where none was given
	CallbackURI string        // operationCallbackUri of the request; "" = the connection's
	Who         identifier.ID // whom it is about; zero = nobody in particular
	Invitation  string        // id of the invitation that it calls off; "" = none
	From        string        // callConnectionId of the call that Who comes from; "" = none
	Recording   string        // recordingId of a recording; "" = none
	Began       time.Time     // when that recording was started
}

// Participant is one entry of a roster.
type Participant struct {
	ID     identifier.ID
	Muted  bool
	OnHold bool
}

type (
	// ConnectionOpened says that a create or an answer was accepted. It is kept,
	// not sent: after a crash it tells who must hear of the end.
	ConnectionOpened struct{ Head }
	// OperationAccepted says that work was accepted. It is kept, not sent.
	OperationAccepted struct{ Head }

	// CallConnected says that the call is up.
	CallConnected struct{ Head }
	// CreateCallFailed ends a create that never came up.
	CreateCallFailed struct {
		Head
		Reason Reason
	}
	// AnswerFailed ends an answer that never came up.
	AnswerFailed struct {
		Head
		Reason Reason
	}
	// ConnectFailed is the only event of a connection to a call that is not there.
	ConnectFailed struct {
		Head
		Reason Reason
	}
	// CallDisconnected is the last event of a connection.
	CallDisconnected struct {
		Head
		Reason Reason
	}
	// ParticipantsUpdated carries the whole roster. Sequence is the roster's
	// version in the call, the same on all its connections.
	ParticipantsUpdated struct {
		Head
		Participants []Participant
		Sequence     int
	}

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
)

type (
	// AddParticipantSucceeded says that somebody joined.
	AddParticipantSucceeded struct {
		Head
		Who identifier.ID
	}
	// AddParticipantFailed says that somebody did not join.
	AddParticipantFailed struct {
		Head
		Who    identifier.ID
		Reason Reason
	}
	// CancelAddParticipantSucceeded says that an invitation was called off in time.
	// It ends the add as well, where the same connection had asked for it.
	CancelAddParticipantSucceeded struct {
		Head
		InvitationID string
		Who          identifier.ID
		Add          Operation // that it ends; zero where another connection hears of its own
	}
	// CancelAddParticipantFailed says that it was too late to call an invitation off.
	CancelAddParticipantFailed struct {
		Head
		InvitationID string
		Reason       Reason
	}
	// RemoveParticipantSucceeded says that somebody was taken out.
	RemoveParticipantSucceeded struct {
		Head
		Who identifier.ID
	}
	// RemoveParticipantFailed says that somebody could not be taken out.
	RemoveParticipantFailed struct {
		Head
		Who    identifier.ID
		Reason Reason
	}
	// MoveParticipantSucceeded says that somebody came over from another call.
	MoveParticipantSucceeded struct {
		Head
		Who  identifier.ID
		From string // callConnectionId of the other call
	}
	// MoveParticipantFailed says that somebody did not come over.
	MoveParticipantFailed struct {
		Head
		Who    identifier.ID
		From   string
		Reason Reason
	}
	// CallTransferAccepted says that the target answered.
	CallTransferAccepted struct {
		Head
		Target, Transferee identifier.ID
	}
	// CallTransferFailed says that the target did not answer; the call goes on.
	CallTransferFailed struct {
		Head
		Reason Reason
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
	// RecordingStateChanged says that a recording has begun, was paused, goes on again,
	// or, unless it GoesOn, has ended.
	RecordingStateChanged struct {
		Head
		Active bool
		GoesOn bool
		Cause  error // why it ended by itself; nil: nothing went wrong
	}
	// StartRecordingFailed ends a recording of which nothing could be written.
	StartRecordingFailed struct {
		Head
		Cause error
	}
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

// Events lists one of each event that belongs to a connection; tests ask for a
// golden file of each. CallEvents lists the others.
var Events = []Event{
	CallConnected{}, CreateCallFailed{}, AnswerFailed{}, CallDisconnected{}, ParticipantsUpdated{},
	PlayStarted{}, PlayCompleted{}, PlayFailed{}, PlayCanceled{},
	RecognizeCompleted{}, RecognizeFailed{}, RecognizeCanceled{},
	SendTonesCompleted{}, SendTonesFailed{},
	AddParticipantSucceeded{}, AddParticipantFailed{}, CancelAddParticipantSucceeded{}, CancelAddParticipantFailed{},
	RemoveParticipantSucceeded{}, RemoveParticipantFailed{}, CallTransferAccepted{}, CallTransferFailed{},
	MoveParticipantSucceeded{}, MoveParticipantFailed{},
	ToneReceived{}, TonesStopped{}, HoldFailed{}, ConnectFailed{}, TonesFailed{},
	MediaStreamingStarted{}, MediaStreamingStopped{}, MediaStreamingFailed{},
	TranscriptionStarted{}, TranscriptionUpdated{}, TranscriptionStopped{}, TranscriptionFailed{},
	HoldAudioStarted{}, HoldAudioPaused{}, HoldAudioResumed{}, HoldAudioCompleted{},
	RecordingStateChanged{}, StartRecordingFailed{},
}
