package callautomation

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
)

// resultInformation is how an event says what came of something.
type resultInformation struct {
	Code    int         `json:"code"`
	SubCode int         `json:"subCode"`
	Message string      `json:"message"`
	SIP     *diagnostic `json:"sipDetails,omitempty"`
	Q850    *diagnostic `json:"q850Details,omitempty"`
}

// diagnostic is what the wire said.
type diagnostic struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// append appends the result as encoding/json writes it.
func (r resultInformation) append(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"code":`...), int64(r.Code), 10)
	b = strconv.AppendInt(append(b, `,"subCode":`...), int64(r.SubCode), 10)
	b = appendjson.Text(append(b, `,"message":`...), r.Message)
	if r.SIP != nil {
		b = r.SIP.append(append(b, `,"sipDetails":`...))
	}
	if r.Q850 != nil {
		b = r.Q850.append(append(b, `,"q850Details":`...))
	}
	return append(b, '}')
}

func (d diagnostic) append(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"code":`...), int64(d.Code), 10)
	b = appendjson.Text(append(b, `,"message":`...), d.Message)
	return append(b, '}')
}

// The results of media operations, with the service's literal messages.
var (
	succeeded       = resultInformation{Code: 200}
	actionCompleted = resultInformation{Code: 200, Message: "Action completed successfully."}
	actionCanceled  = resultInformation{Code: 400, SubCode: 8508, Message: "Action failed, the operation was cancelled."}
	maxTones        = resultInformation{Code: 200, SubCode: 8531, Message: "Action completed, max digits received."}
	stopTone        = resultInformation{Code: 200, SubCode: 8514, Message: "Action completed as stop tone was detected."}
	interToneOut    = resultInformation{Code: 400, SubCode: 8532, Message: "Action failed, inter-digit silence timeout reached."}
	initialSilence  = resultInformation{Code: 400, SubCode: 8510, Message: "Action failed, initial silence timeout reached."}
)

// ended is the result of a call's end, or of its failure to begin.
func ended(why call.Reason) resultInformation {
	r := endedBy(why)
	if why.SIP.Code != 0 {
		r.SIP = &diagnostic{why.SIP.Code, why.SIP.Phrase}
	}
	if why.Q850.Value != 0 {
		r.Q850 = &diagnostic{why.Q850.Value, why.Q850.Text}
	}
	return r
}

func endedBy(why call.Reason) resultInformation {
	switch {
	case why.ByApplication:
		return diag(200, 0, 5002, "The conversation has ended.")
	case why.Kind == call.EndedByApplication:
		return diag(200, 0, 7000, "Call was ended by Azure Communication Service Call Automation API or a server bot.")
	case why.Kind == call.Removed:
		return diag(200, 0, 5300, "Call ended for this participant as it was removed from the conversation by another participant.")
	case why.Kind == call.EndedByPeer && why.Alone && (!why.Phone || why.Client):
		return diag(200, 0, 5010, "This conversation has ended as only one participant was remaining in the conversation.")
	case why.Kind == call.EndedByPeer && (!why.Phone || why.Client):
		return diag(200, 0, 5001, "This conversation has ended..")
	case why.Kind == call.EndedByPeer:
		return diag(200, 0, phoneSubCode(why, 0), "The call was ended by the remote phone.")
	}
	return failed(why)
}

// failed is the result of what went wrong. A final status of the phone network
// passes through: code 486, subCode 560486.
func failed(why call.Reason) resultInformation {
	if !why.Client && (why.SIP.Code >= 300 && why.Kind != call.NoAnswer || why.SIP.Code == 480 || why.SIP.Code == 408) {
		return diag(why.SIP.Code, why.SIP.Code, phoneSubCode(why, why.SIP.Code), sentence(why))
	}
	for _, row := range failures {
		if row.kind == why.Kind {
			return diag(row.code, row.code, row.subCode, sentence(why))
		}
	}
	return diag(500, 500, 9999, sentence(why))
}

// failures gives codes to what failed without a word from the network.
var failures = []struct {
	kind          call.ReasonKind
	code, subCode int
}{
	{call.NoAnswer, 487, 10004},
	{call.Busy, 486, 8539},
	{call.Declined, 603, 8538},
	{call.Forbidden, 403, 7504},
	{call.CallerIDRefused, 403, 510403},
	{call.Canceled, 487, 8542},
	{call.NoListener, 480, 8541},
	{call.NotFound, 404, 511532},
	{call.NoSuchCall, 404, 8522},
	{call.Unreachable, 503, 8544},
	{call.Unsupported, 488, 8546},
	{call.Overloaded, 503, 8516},
	{call.MediaLost, 410, 301005},
	{call.Vanished, 408, 8537},
	{call.ServerStopped, 500, 9001},
}

// phoneSubCode is the documented subCode of a phone's status: 560xxx for calls
// to the network, 540xxx for calls from it.
func phoneSubCode(why call.Reason, status int) int {
	if why.Inbound {
		return 540000 + status
	}
	return 560000 + status
}

// sentence is the reason for people.
func sentence(why call.Reason) string {
	if why.Text == "" {
		return "The call failed."
	}
	return fault.Sentence(why.Text)
}

// diag writes the message with the diagnostic code that the service appends.
func diag(code, diagCode, subCode int, text string) resultInformation {
	return resultInformation{Code: code, SubCode: subCode, Message: fmt.Sprintf("%s DiagCode: %d#%d.@", text, diagCode, subCode)}
}

// unplayable is the result of a source that could not be played.
func unplayable(cause error) resultInformation {
	var spoken *speech.Error
	switch {
	case errors.As(cause, &spoken):
		return unspoken(spoken)
	case errors.Is(cause, player.ErrFormat):
		return resultInformation{Code: 400, SubCode: 8535, Message: "Action failed, file format is invalid."}
	case errors.Is(cause, player.ErrDownload):
		return resultInformation{Code: 400, SubCode: 8536, Message: "Action failed, file could not be downloaded."}
	}
	unknown := resultInformation{Code: 500, SubCode: 9999, Message: "Action failed, unknown internal server error."}
	if errors.Is(cause, call.ErrUnsent) {
		unknown.Message += " No packet of the prompt could be sent to anybody who was to hear it."
	}
	return unknown
}

// recognized is the result of what was collected.
func recognized(by call.RecognizeEnd) resultInformation {
	switch by {
	case call.MaxTonesCollected:
		return maxTones
	case call.StopToneHeard:
		return stopTone
	case call.ChoiceByTone:
		return resultInformation{Code: 200, SubCode: 8533, Message: "Action completed, DTMF option matched."}
	case call.ChoiceBySpeech:
		return resultInformation{Code: 200, SubCode: 8545, Message: "Action completed, speech option matched."}
	case call.SpeechRecognized:
		return resultInformation{Code: 200, SubCode: 8569, Message: "Action completed, speech was recognized."}
	}
	return interToneOut
}
