package callautomation

import (
	"fmt"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

type addParticipantRequest struct {
	ParticipantToAdd           *rest.Identifier `json:"participantToAdd"`
	SourceCallerIDNumber       rest.Phone       `json:"sourceCallerIdNumber"`
	SourceDisplayName          string           `json:"sourceDisplayName"`
	InvitationTimeoutInSeconds *int             `json:"invitationTimeoutInSeconds"`
	OperationContext           string           `json:"operationContext"`
	OperationCallbackURI       string           `json:"operationCallbackUri"`
	CustomCallingContext       *callingContext  `json:"customCallingContext"`
}

// maxInvitationTimeout is how long somebody may be asked at most, in seconds.
const maxInvitationTimeout = 180

func (r addParticipantRequest) add() (add call.Add, err error) {
	if r.ParticipantToAdd == nil {
		return add, errBody("participantToAdd is required.")
	}
	if err := atMost("sourceDisplayName", r.SourceDisplayName, maxDisplayName); err != nil {
		return add, err
	}
	add.Who, add.CallerID, add.DisplayName = r.ParticipantToAdd.ID, r.SourceCallerIDNumber.ID, r.SourceDisplayName
	if r.InvitationTimeoutInSeconds != nil {
		if add.Patience, err = seconds("invitationTimeoutInSeconds", r.InvitationTimeoutInSeconds, 0, 0, maxInvitationTimeout); err != nil {
			return add, err
		}
		add.Patience = max(add.Patience, time.Millisecond) // 0 asks, and gives up at once
	}
	if add.SIPHeaders, add.VoIPHeaders, err = r.CustomCallingContext.headers(); err != nil {
		return add, err
	}
	add.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI)
	return add, err
}

// addParticipant is POST …/participants:add.
func (a *API) addParticipant(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[addParticipantRequest](r)
	if err != nil {
		return err
	}
	add, err := body.add()
	if err != nil {
		return err
	}
	if err := a.checkBacklogOf(conn, add.Context); err != nil {
		return err
	}
	add.By = asker(r.Context())
	invitation, err := conn.Add(r.Context(), add)
	if err != nil {
		return err
	}
	who := participantModel{call.Participant{ID: add.Who}, version(rest.APIVersion(r.Context()))}
	return a.accepted(w, r, http.StatusAccepted,
		object{{"participant", who}}.addText("operationContext", body.OperationContext).add("invitationId", invitation))
}

type cancelAddParticipantRequest struct {
	InvitationID         string `json:"invitationId"`
	OperationContext     string `json:"operationContext"`
	OperationCallbackURI string `json:"operationCallbackUri"`
}

// cancelAddParticipant is POST …/participants:cancelAddParticipant.
func (a *API) cancelAddParticipant(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[cancelAddParticipantRequest](r)
	if err != nil {
		return err
	}
	if body.InvitationID == "" {
		return errBody("invitationId is required.")
	}
	what, err := operationContext(body.OperationContext, body.OperationCallbackURI)
	if err != nil {
		return err
	}
	if full := a.checkBacklogOf(conn, what); full != nil && !conn.IsInvited(r.Context(), body.InvitationID) { // it would end nothing, and have an event
		return full
	}
	if err := conn.CancelAdd(r.Context(), body.InvitationID, what); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted,
		object{{"invitationId", body.InvitationID}}.addText("operationContext", body.OperationContext))
}

// addEvents are the events of adding a participant, and of calling that off.
func addEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.AddParticipantSucceeded:
		return aboutParticipant("AddParticipantSucceeded", e.Who, succeeded), true
	case call.AddParticipantFailed:
		return aboutParticipant("AddParticipantFailed", e.Who, ended(e.Reason)), true
	case call.CancelAddParticipantSucceeded:
		return occurrence{name: "CancelAddParticipantSucceeded", own: object{{"invitationId", e.InvitationID}}, result: calledOff(e.Who), ends: e.Add.ID}, true
	case call.CancelAddParticipantFailed:
		return occurrence{name: "CancelAddParticipantFailed", own: object{{"invitationId", e.InvitationID}}, result: tooLate}, true
	}
	return occurrence{}, false
}

// calledOff is the service's newest sentence for an invitation canceled in time:
// a success that quotes the failure of the add.
func calledOff(who identifier.ID) resultInformation {
	return diag(200, 0, 5300, fmt.Sprintf("addParticipants failed for participant %s. Underlying reason: The conversation has ended.", who))
}

var tooLate = resultInformation{Code: 404, SubCode: 8522, Message: "The invitation was already accepted, declined or canceled."}
