package callautomation

import (
	"github.com/switchhook/switchhook/internal/call"
)

// typePrefix begins the type of every event.
const typePrefix = "Microsoft.Communication."

// occurrence is an event on its way to the wire: its name, the members that are
// its own, and how its common members are arranged.
type occurrence struct {
	name        string
	own         object
	result      resultInformation
	lifecycle   bool   // of a call's life: resultInformation comes first in new versions
	resultFirst bool   // resultInformation always comes first
	terminal    bool   // it ends its operation
	ends        string // id of another operation that it ends; "" = none
	last        bool   // nothing follows for the connection
	preview     bool   // stable versions do not know it: their SDKs would fail
}

// describe turns an event of a call into what the wire says of it.
func describe(e call.Event) occurrence {
	switch e := e.(type) {
	case call.CallConnected:
		return occurrence{name: "CallConnected", result: succeeded, lifecycle: true, terminal: true}
	case call.CreateCallFailed:
		return occurrence{name: "CreateCallFailed", result: ended(e.Reason), lifecycle: true, terminal: true}
	case call.AnswerFailed:
		return occurrence{name: "AnswerFailed", result: ended(e.Reason), lifecycle: true, terminal: true}
	case call.ConnectFailed:
		return occurrence{name: "ConnectFailed", result: ended(e.Reason), lifecycle: true, terminal: true, last: true}
	case call.CallDisconnected:
		return occurrence{name: "CallDisconnected", result: ended(e.Reason), lifecycle: true, terminal: true, last: true}
	case call.ParticipantsUpdated:
		return occurrence{name: "ParticipantsUpdated", own: rosterMembers(e), result: succeeded, resultFirst: true}
	default:
		return describeMedia(e)
	}
}

func describeMedia(e call.Event) occurrence {
	switch e := e.(type) {
	case call.PlayStarted:
		return occurrence{name: "PlayStarted", result: actionCompleted}
	case call.PlayCompleted:
		return occurrence{name: "PlayCompleted", result: actionCompleted, terminal: true}
	case call.PlayFailed:
		return occurrence{name: "PlayFailed", own: object{{"failedPlaySourceIndex", e.Source}}, result: unplayable(e.Cause), terminal: true}
	case call.PlayCanceled:
		return occurrence{name: "PlayCanceled", result: actionCanceled, terminal: true}
	case call.RecognizeCompleted:
		return occurrence{name: "RecognizeCompleted", own: toneMembers(e.Tones), result: recognized(e.By), terminal: true}
	case call.RecognizeFailed:
		return recognizeFailed(e)
	case call.RecognizeCanceled:
		return occurrence{name: "RecognizeCanceled", result: actionCanceled, terminal: true}
	case call.SendTonesCompleted:
		return occurrence{name: "SendDtmfTonesCompleted", result: succeeded, terminal: true}
	case call.SendTonesFailed:
		return sendTonesFailed(e)
	}
	return describeControl(e)
}

func recognizeFailed(e call.RecognizeFailed) occurrence {
	o := occurrence{name: "RecognizeFailed", result: initialSilence, terminal: true}
	switch e.By {
	case call.Interrupted:
		o.result = resultInformation{Code: 500, SubCode: 8512, Message: "Action failed, unknown internal server error: " + e.Cause.Error() + "."}
	case call.PromptFailed:
		o.own = object{{"failedPlaySourceIndex", e.Source}}
		o.result = resultInformation{Code: 500, SubCode: 8511, Message: "Action failed, encountered failure while trying to play the prompt. " + unplayable(e.Cause).Message}
	}
	return o
}

func sendTonesFailed(e call.SendTonesFailed) occurrence {
	o := occurrence{name: "SendDtmfTonesFailed", result: actionCanceled, terminal: true}
	if !e.Canceled {
		o.result = resultInformation{Code: 500, SubCode: 9999, Message: "Action failed, the tones could not be sent."}
		if e.Cause != nil {
			o.result.Message = "Action failed, the tones could not be sent: " + e.Cause.Error() + "."
		}
	}
	return o
}

// data arranges the members of an event in the order of the service.
func (o occurrence) data(head call.Head, source string) object {
	v := version(head.Control.Version)
	var d object
	if v.hasEventSource() {
		d = d.add("eventSource", source)
	}
	d = d.addText("operationContext", head.Operation.Context)
	d = append(d, o.own...)
	result := func() {
		if v.hasResult() {
			d = d.add("resultInformation", o.result.in(v))
		}
	}
	if first := o.resultFirst || o.lifecycle && v.resultFirst(); first {
		result()
		d = d.add("version", v)
	} else {
		d = d.add("version", v)
		result()
	}
	return append(d, object{
		{"callConnectionId", head.Connection},
		{"serverCallId", head.ServerCallID},
		{"correlationId", head.CorrelationID},
		{"publicEventType", typePrefix + o.name},
	}...)
}

// in leaves out what a version does not know.
func (r resultInformation) in(v version) resultInformation {
	if !v.hasWireDetails() {
		r.SIP, r.Q850 = nil, nil
	}
	return r
}
