package callautomation

import (
	"errors"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// codes gives each refusal of package call the service's code, the member of the
// request that it is about ("" where it is about none, or about several), and what
// says so: the words of ACS's page "Call Automation SDK error codes", or nearest
// where the page has no such case and the code is that of the nearest one.
var codes = map[call.Refusal]struct{ code, member, source string }{
	call.CallOver:              {"8522", "", "call or participant not found"},
	call.NotConnected:          {"8501", "", "call is not established"},
	call.BusyWith:              {"8583", "", "incompatible media operation in progress"},
	call.ParticipantMissing:    {"8522", "", "call or participant not found"},
	call.ParticipantPresent:    {"8519", "", nearest},
	call.CallFull:              {"8585", "", nearest},
	call.Itself:                {"8523", "", nearest},
	call.TargetCount:           {"8523", "targets", "invalid request body"},
	call.NotDialable:           {"7602", "", "invalid target identity"},
	call.CallerIDMissing:       {"8523", "sourceCallerIdNumber", "invalid request body"},
	call.ForeignIdentity:       {"7507", "", "identity does not belong to the resource"},
	call.AnswererForeign:       {"7507", "answeredBy", "identity does not belong to the resource"},
	call.GroupIDMalformed:      {"8523", "callLocator.groupCallId", "invalid request body"},
	call.RoomIDMalformed:       {"8523", "callLocator.roomId", "invalid request body"},
	call.ServerCallIDMalformed: {"8523", "callLocator.serverCallId", "invalid request body"},
	call.AlreadyDecided:        {"8519", "", "conflict of parallel actions"},
	call.RedirectLoop:          {"8585", "", nearest},
	call.NotRedirectable:       {"8520", "", "unsupported"},
	call.SameCall:              {"8523", "fromCall", nearest},
	call.NotMovable:            {"8520", "", "unsupported"},
	call.TransferUnderWay:      {"8607", "", "transfer conflict"},
	call.TransfereeMissing:     {"8523", "transferee", nearest},
	call.NotTransferable:       {"8523", "", nearest},
	call.StreamingNotSetUp:     {"8522", "", "missing configuration"},
	call.NotStreaming:          {"8585", "", "not valid in the current call state"},
	call.TranscriptionNotSetUp: {"8522", "", "missing configuration"},
	call.LocaleMissing:         {"8523", "locale", "locale missing or without region"},
	call.TranscriptionFixed:    {"8520", "", "unsupported"},
	call.NotTranscribing:       {"8585", "", "not valid in the current call state"},
	call.DialOutOff:            {"8585", "", nearest},
	call.RecordingMissing:      {"8522", "", "call or participant not found"},
	call.RecordingGoesOn:       {"8559", "", "duplicate recording start"},
	call.RecordingConflict:     {"8571", "", "operation conflict"},
	call.RecordingFixed:        {"8573", "", "pause or resume not allowed"},
}

const nearest = "nearest"

// coded is a handler whose refusals by package call have the service's codes.
func coded(handler rest.Handler) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error { return withCode(handler(w, r)) }
}

// withCode gives an error that is a refusal the service's code, and says which
// member of the request it is about.
func withCode(err error) error {
	var refusal call.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	row, failure := codes[refusal], fault.Of(err).WithCode(codes[refusal].code)
	if row.member != "" {
		failure.Message = row.member + ": " + failure.Message
	}
	return failure
}
