package call

import (
	"errors"
)

// OperationKind is what an operation does.
type OperationKind uint8

// The operations.
const (
	NoOperation OperationKind = iota
	CreateOperation
	AnswerOperation
	PlayOperation
	RecognizeOperation
	SendTonesOperation
	AddOperation
	CancelAddOperation
	RemoveOperation
	TransferOperation
	MoveOperation
	TonesOperation // continuous recognition
	HoldOperation
	ConnectOperation
	StreamOperation // media streaming
	TranscriptionOperation
	RecordingOperation
)

// Scope says to what an operation or an event belongs.
type Scope uint8

// The scopes.
const (
	ConnectionScope Scope = iota // an application's connection, whose end is its end
	CallScope                    // the call, whatever connections come and go
)

// operationSpec is the row of an operation in the table.
type operationSpec struct {
	// name is what the operation is called on disk. It never changes.
	name  string
	scope Scope
	lanes []lane // in which it may go on; none: it is the connection itself
	// kept says that its acceptance is kept on disk, so that a crash cannot take
	// away its end.
	kept bool
	// ends lists its terminal events: it ends with one of them. None: an operation
	// without events of its own, or whose events tell of something else.
	ends []Event
	// cut makes the events of an operation that ends with its connection, or with a
	// crash of the process, before it came to an end of its own. Nil: none.
	cut func(Head, Reason) []Event
}

// operations is the table of what applications can have going on.
var operations = [...]operationSpec{
	NoOperation: {name: "none"},
	CreateOperation: {
		name: "create", kept: true,
		ends: []Event{CallConnected{}, CreateCallFailed{}},
		cut:  func(h Head, why Reason) []Event { return []Event{CreateCallFailed{h, why}} },
	},
	AnswerOperation: {
		name: "answer", kept: true,
		ends: []Event{CallConnected{}, AnswerFailed{}},
		cut:  func(h Head, why Reason) []Event { return []Event{AnswerFailed{h, why}} },
	},
	ConnectOperation: {
		name: "connect", kept: true,
		ends: []Event{CallConnected{}, ConnectFailed{}}, // a crash is told by CallDisconnected alone
	},
	PlayOperation: {
		name: "play", lanes: []lane{mainLane, aloneLane}, kept: true,
		ends: []Event{PlayCompleted{}, PlayFailed{}, PlayCanceled{}},
		cut:  func(h Head, why Reason) []Event { return []Event{PlayFailed{Head: h, Cause: errors.New(why.Text)}} },
	},
	RecognizeOperation: {
		name: "recognize", lanes: []lane{mainLane, aloneLane}, kept: true,
		ends: []Event{RecognizeCompleted{}, RecognizeFailed{}, RecognizeCanceled{}},
		cut: func(h Head, why Reason) []Event {
			return []Event{RecognizeFailed{Head: h, By: Interrupted, Cause: errors.New(why.Text)}}
		},
	},
	SendTonesOperation: {
		name: "sendTones", lanes: []lane{aloneLane}, kept: true,
		ends: []Event{SendTonesCompleted{}, SendTonesFailed{}},
		cut: func(h Head, why Reason) []Event {
			return []Event{SendTonesFailed{Head: h, Cause: errors.New(why.Text)}}
		},
	},
	AddOperation: {
		name: "add", lanes: []lane{besideLane}, kept: true,
		ends: []Event{AddParticipantSucceeded{}, AddParticipantFailed{}, CancelAddParticipantSucceeded{}},
		cut: func(h Head, why Reason) []Event {
			return []Event{AddParticipantFailed{h, h.Operation.Who, why}}
		},
	},
	CancelAddOperation: {
		name: "cancelAdd", lanes: []lane{besideLane}, kept: true,
		ends: []Event{CancelAddParticipantSucceeded{}, CancelAddParticipantFailed{}},
		cut: func(h Head, why Reason) []Event {
			return []Event{CancelAddParticipantFailed{h, h.Operation.Invitation, why}}
		},
	},
	RemoveOperation: {
		name: "remove", lanes: []lane{besideLane}, kept: true,
		ends: []Event{RemoveParticipantSucceeded{}, RemoveParticipantFailed{}},
		cut: func(h Head, why Reason) []Event {
			return []Event{RemoveParticipantFailed{h, h.Operation.Who, why}}
		},
	},
	TransferOperation: {
		name: "transfer", lanes: []lane{besideLane}, kept: true,
		ends: []Event{CallTransferAccepted{}, CallTransferFailed{}},
		cut:  func(h Head, why Reason) []Event { return []Event{CallTransferFailed{h, why}} },
	},
	MoveOperation: {
		name: "move", lanes: []lane{besideLane}, kept: true,
		ends: []Event{MoveParticipantSucceeded{}, MoveParticipantFailed{}},
		cut: func(h Head, why Reason) []Event {
			return []Event{MoveParticipantFailed{h, h.Operation.Who, h.Operation.From, why}}
		},
	},
	TonesOperation: {
		name: "tones", lanes: []lane{besideLane}, kept: true,
		ends: []Event{TonesStopped{}},
		cut: func(h Head, why Reason) []Event {
			if why.Kind == ServerStopped { // keys may have been missed
				return []Event{TonesFailed{h, why}, TonesStopped{h}}
			}
			return []Event{TonesStopped{h}}
		},
	},
	StreamOperation: {
		name: "mediaStreaming", lanes: []lane{besideLane}, kept: true,
		ends: []Event{MediaStreamingStopped{}, MediaStreamingFailed{}},
		cut: func(h Head, why Reason) []Event {
			if why.Kind == ServerStopped {
				return []Event{MediaStreamingFailed{Head: h, Stopping: true, Cause: errors.New(why.Text)}}
			}
			return []Event{MediaStreamingStopped{h}}
		},
	},
	TranscriptionOperation: {
		name: "transcription", lanes: []lane{besideLane}, kept: true,
		ends: []Event{TranscriptionStopped{}, TranscriptionFailed{}},
		cut: func(h Head, why Reason) []Event {
			if why.Kind == ServerStopped {
				return []Event{TranscriptionFailed{Head: h, Stopping: true, Cause: errors.New(why.Text)}}
			}
			return []Event{TranscriptionStopped{h}}
		},
	},
	RecordingOperation: {
		name: "recording", scope: CallScope, lanes: []lane{besideLane}, kept: true,
		ends: []Event{RecordingStateChanged{}, StartRecordingFailed{}},
		cut: func(h Head, why Reason) []Event {
			return []Event{RecordingStateChanged{Head: h, Cause: errors.New(why.Text)}}
		},
	},
	// The hold itself has no event, and no end: only its music has, for previews.
	HoldOperation: {name: "hold", lanes: []lane{besideLane}},
}
