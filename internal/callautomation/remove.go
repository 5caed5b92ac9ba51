package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type removeParticipantRequest struct {
	ParticipantToRemove  *rest.Identifier `json:"participantToRemove"`
	OperationContext     string           `json:"operationContext"`
	OperationCallbackURI string           `json:"operationCallbackUri"`
}

// removeParticipant is POST …/participants:remove.
func (a *API) removeParticipant(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[removeParticipantRequest](r)
	if err != nil {
		return err
	}
	if body.ParticipantToRemove == nil {
		return errBody("participantToRemove is required.")
	}
	what, err := operationContext(body.OperationContext, body.OperationCallbackURI)
	if err != nil {
		return err
	}
	if err := conn.Remove(r.Context(), body.ParticipantToRemove.ID, what); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, object{}.addText("operationContext", body.OperationContext))
}

type muteParticipantsRequest struct {
	TargetParticipants []rest.Identifier `json:"targetParticipants"`
	OperationContext   string            `json:"operationContext"`
}

// mute is POST …/participants:mute.
func (a *API) mute(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[muteParticipantsRequest](r)
	if err != nil {
		return err
	}
	if len(body.TargetParticipants) == 0 {
		return errBody("targetParticipants: one participant is required.")
	}
	who, err := identities("targetParticipants", body.TargetParticipants)
	if err != nil {
		return err
	}
	if err := conn.Mute(r.Context(), who); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusOK, object{}.addText("operationContext", body.OperationContext))
}

// removeEvents are the events of removing a participant.
func removeEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.RemoveParticipantSucceeded:
		return aboutParticipant("RemoveParticipantSucceeded", e.Who, succeeded), true
	case call.RemoveParticipantFailed:
		return aboutParticipant("RemoveParticipantFailed", e.Who, ended(e.Reason)), true
	}
	return occurrence{}, false
}
