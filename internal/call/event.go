package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Publisher takes what happens in calls. Publish only queues: it is called
// by who works on a call.
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
	// Barrier keeps the events of the connection, or of the recording, behind the answers to
	// the requests that came before them; nil: they are told at once.
	Barrier *Barrier
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
