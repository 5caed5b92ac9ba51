package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type moveParticipantsRequest struct {
	TargetParticipants   []rest.Identifier `json:"targetParticipants"`
	FromCall             string            `json:"fromCall"`
	OperationContext     string            `json:"operationContext"`
	OperationCallbackURI string            `json:"operationCallbackUri"`
}

func (r moveParticipantsRequest) move() (move call.Move, err error) {
	switch {
	case len(r.TargetParticipants) == 0 || len(r.TargetParticipants) > call.MaxTargets:
		return move, errBody("targetParticipants: between 1 and %d participants are required.", call.MaxTargets)
	case r.FromCall == "":
		return move, errBody("fromCall is required.")
	}
	move.From = r.FromCall
	if move.Who, err = identities("targetParticipants", r.TargetParticipants); err != nil {
		return move, err
	}
	move.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI)
	return move, err
}

// moveParticipants is POST …/participants:moveHere.
func (a *API) moveParticipants(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[moveParticipantsRequest](r)
	if err != nil {
		return err
	}
	move, err := body.move()
	if err != nil {
		return err
	}
	if err := conn.Move(r.Context(), move); err != nil {
		return err
	}
	participants := make([]object, len(move.Who))
	for i, who := range move.Who {
		participants[i] = participantModel(call.Participant{ID: who}, version(rest.APIVersion(r.Context())))
	}
	return a.accepted(w, r, http.StatusAccepted,
		object{{"participants", participants}}.addText("operationContext", body.OperationContext).add("fromCall", body.FromCall))
}
