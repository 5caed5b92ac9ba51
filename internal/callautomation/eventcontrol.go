package callautomation

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// describeControl is describe for the events of call control: who comes, who
// goes, and where to.
func describeControl(e call.Event) occurrence {
	switch e := e.(type) {
	case call.AddParticipantSucceeded:
		return aboutSomebody("AddParticipantSucceeded", e.Who, succeeded)
	case call.AddParticipantFailed:
		return aboutSomebody("AddParticipantFailed", e.Who, ended(e.Reason))
	case call.RemoveParticipantSucceeded:
		return aboutSomebody("RemoveParticipantSucceeded", e.Who, succeeded)
	case call.RemoveParticipantFailed:
		return aboutSomebody("RemoveParticipantFailed", e.Who, ended(e.Reason))
	case call.CancelAddParticipantSucceeded:
		return occurrence{name: "CancelAddParticipantSucceeded", own: object{{"invitationId", e.InvitationID}}, result: calledOff(e.Who), terminal: true, ends: e.Add.ID}
	case call.CancelAddParticipantFailed:
		return occurrence{name: "CancelAddParticipantFailed", own: object{{"invitationId", e.InvitationID}}, result: tooLate, terminal: true}
	case call.CallTransferAccepted:
		return occurrence{name: "CallTransferAccepted", result: succeeded, terminal: true, own: object{
			{"transferTarget", rest.Identifier{ID: e.Target}}, {"transferee", rest.Identifier{ID: e.Transferee}},
		}}
	case call.MoveParticipantSucceeded:
		return moved("MoveParticipantSucceeded", e.Who, e.From, succeeded)
	case call.MoveParticipantFailed:
		return moved("MoveParticipantFailed", e.Who, e.From, ended(e.Reason))
	case call.CallTransferFailed:
		return occurrence{name: "CallTransferFailed", result: ended(e.Reason), terminal: true}
	case call.ToneReceived:
		return occurrence{name: "ContinuousDtmfRecognitionToneReceived", own: object{{"sequenceId", e.Sequence}, {"tone", toneNames[e.Tone]}}, result: succeeded}
	case call.TonesFailed:
		return occurrence{name: "ContinuousDtmfRecognitionToneFailed", result: ended(e.Reason)}
	case call.TonesStopped:
		return occurrence{name: "ContinuousDtmfRecognitionStopped", result: tonesStopped, terminal: true}
	case call.HoldFailed:
		return occurrence{name: "HoldFailed", result: unplayable(e.Cause)}
	}
	return describeHoldAudio(e)
}

// describeHoldAudio is describe for events that only previews know.
func describeHoldAudio(e call.Event) occurrence {
	switch e.(type) {
	case call.HoldAudioStarted:
		return occurrence{name: "HoldAudioStarted", result: actionCompleted, preview: true, resultFirst: true}
	case call.HoldAudioPaused:
		return occurrence{name: "HoldAudioPaused", result: actionCompleted, preview: true, resultFirst: true}
	case call.HoldAudioResumed:
		return occurrence{name: "HoldAudioResumed", result: actionCompleted, preview: true, resultFirst: true}
	case call.HoldAudioCompleted:
		return occurrence{name: "HoldAudioCompleted", result: actionCanceled, preview: true, resultFirst: true}
	}
	return occurrence{}
}

// aboutSomebody is an event with the participant that it is about.
func aboutSomebody(name string, who identifier.ID, result resultInformation) occurrence {
	return occurrence{name: name, own: object{{"participant", rest.Identifier{ID: who}}}, result: result, terminal: true}
}

// moved is about somebody between two calls.
func moved(name string, who identifier.ID, from string, result resultInformation) occurrence {
	o := aboutSomebody(name, who, result)
	o.own = o.own.add("fromCall", from)
	return o
}

// calledOff is the service's newest sentence for an invitation canceled in time:
// a success that quotes the failure of the add.
func calledOff(who identifier.ID) resultInformation {
	return diag(200, 0, 5300, fmt.Sprintf("addParticipants failed for participant %s. Underlying reason: The conversation has ended.", who))
}

var tooLate = resultInformation{Code: 404, SubCode: 8522, Message: "The invitation was already accepted, declined or canceled."}

// tonesStopped is the service's result of a continuous recognition that is over:
// it says the same whether it was stopped or the call ended.
var tonesStopped = diag(200, 0, 7000, "The conversation has ended.")
