package call

import "github.com/switchhook/switchhook/internal/fault"

// Refusal is why a command was not accepted. errors.As finds it in the error that
// the command returns, beside the fault with the sentence for who asked. An API's
// own code follows from it.
type Refusal uint8

// The refusals.
const (
	CallOver              Refusal = iota + 1 // the call, or the application's connection to it, is over
	NotConnected                             // the call is not established yet
	BusyWith                                 // another media operation goes on with a participant
	ParticipantMissing                       // the participant is not in the call
	ParticipantPresent                       // the participant is in the call already
	CallFull                                 // the call has no room for more participants
	Itself                                   // an application cannot do that with itself
	TargetCount                              // too few or too many targets
	NotDialable                              // nobody can call the target
	CallerIDMissing                          // a phone number cannot be called without a caller id
	ForeignIdentity                          // the identity belongs to another resource
	AnswererForeign                          // the identity that answers belongs to another resource
	GroupIDMalformed                         // a group call id is a GUID
	RoomIDMalformed                          // a room id is digits
	ServerCallIDMalformed                    // nothing has ever been called so
	AlreadyDecided                           // an incoming call was answered, rejected or redirected before
	RedirectLoop                             // a call was redirected too often
	NotRedirectable                          // a caller of that kind cannot be sent there
	SameCall                                 // a participant cannot be moved to where it is
	NotMovable                               // a participant of that kind cannot change calls
	TransferUnderWay                         // a transfer of the call is going on
	TransfereeMissing                        // in a group, whom to transfer has to be said
	NotTransferable                          // a participant of that kind cannot be transferred
	StreamingNotSetUp                        // the connection was made without media streaming
	NotStreaming                             // no media streaming goes on
	TranscriptionNotSetUp                    // the connection was made without transcription
	LocaleMissing                            // nobody has said in which language to transcribe
	TranscriptionFixed                       // the transcription of such a connection cannot change
	NotTranscribing                          // no transcription goes on
	DialOutOff                               // the room does not permit calls to phone numbers
	RecordingMissing                         // no such recording goes on
	RecordingGoesOn                          // the call is being recorded already
	RecordingConflict                        // a recording of the call is being started
	RecordingFixed                           // the recording cannot be paused or resumed any more
	refusalsEnd
)

// Refusals lists every Refusal, for the tables that have a row for each.
func Refusals() (all []Refusal) {
	for r := CallOver; r < refusalsEnd; r++ {
		all = append(all, r)
	}
	return all
}

// refusals says of each what it is called and what kind of fault it is.
var refusals = [refusalsEnd]struct {
	name string
	kind func(format string, args ...any) *fault.Error
}{
	CallOver:              {"call over", fault.NotFound},
	NotConnected:          {"not connected", fault.Invalid},
	BusyWith:              {"busy with", fault.Precondition},
	ParticipantMissing:    {"participant missing", fault.NotFound},
	ParticipantPresent:    {"participant present", fault.Conflict},
	CallFull:              {"call full", fault.Invalid},
	Itself:                {"itself", fault.Invalid},
	TargetCount:           {"target count", fault.Invalid},
	NotDialable:           {"not dialable", fault.Invalid},
	CallerIDMissing:       {"caller id missing", fault.Invalid},
	ForeignIdentity:       {"foreign identity", fault.Forbidden},
	AnswererForeign:       {"answerer foreign", fault.Forbidden},
	GroupIDMalformed:      {"group id malformed", fault.Invalid},
	RoomIDMalformed:       {"room id malformed", fault.Invalid},
	ServerCallIDMalformed: {"server call id malformed", fault.Invalid},
	AlreadyDecided:        {"already decided", fault.Conflict},
	RedirectLoop:          {"redirect loop", fault.Invalid},
	NotRedirectable:       {"not redirectable", fault.Unsupported},
	SameCall:              {"same call", fault.Invalid},
	NotMovable:            {"not movable", fault.Unsupported},
	TransferUnderWay:      {"transfer under way", fault.Conflict},
	TransfereeMissing:     {"transferee missing", fault.Invalid},
	NotTransferable:       {"not transferable", fault.Invalid},
	StreamingNotSetUp:     {"streaming not set up", fault.Unsupported},
	NotStreaming:          {"not streaming", fault.Precondition},
	TranscriptionNotSetUp: {"transcription not set up", fault.Unsupported},
	LocaleMissing:         {"locale missing", fault.Invalid},
	TranscriptionFixed:    {"transcription fixed", fault.Unsupported},
	NotTranscribing:       {"not transcribing", fault.Precondition},
	DialOutOff:            {"dial-out off", fault.Forbidden},
	RecordingMissing:      {"recording missing", fault.NotFound},
	RecordingGoesOn:       {"recording goes on", fault.Invalid},
	RecordingConflict:     {"recording conflict", fault.Conflict},
	RecordingFixed:        {"recording fixed", fault.Invalid},
}

// Error names the refusal.
func (r Refusal) Error() string { return refusals[r].name }

// refused is a fault that is a refusal as well.
type refused struct {
	fault *fault.Error
	why   Refusal
}

// Error returns the sentence.
func (r refused) Error() string { return r.fault.Error() }

// Unwrap returns both.
func (r refused) Unwrap() []error { return []error{r.fault, r.why} }

// because makes the error of a refusal, with a sentence for who asked.
func (r Refusal) because(format string, args ...any) error {
	return refused{refusals[r].kind(format, args...), r}
}

// errCallOver is the service's own sentence for a call that is gone.
func errCallOver() error { return CallOver.because("Call not found.") }
