package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
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
	if err := a.checkBacklogOf(conn, move.Context); err != nil {
		return err
	}
	if err := conn.Move(r.Context(), move); err != nil {
		return err
	}
	participants := make([]call.Participant, len(move.Who))
	for i, who := range move.Who {
		participants[i].ID = who
	}
	list := rosterModel{participants, version(rest.APIVersion(r.Context()))}
	return a.accepted(w, r, http.StatusAccepted,
		object{{"participants", list}}.addText("operationContext", body.OperationContext).add("fromCall", body.FromCall))
}

// moveEvents are the events of moving participants between two calls.
func moveEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.MoveParticipantSucceeded:
		return moved("MoveParticipantSucceeded", e.Who, e.From, succeeded), true
	case call.MoveParticipantFailed:
		return moved("MoveParticipantFailed", e.Who, e.From, ended(e.Reason)), true
	}
	return occurrence{}, false
}

// moved is about somebody between two calls.
func moved(name string, who identifier.ID, from string, result resultInformation) occurrence {
	o := aboutParticipant(name, who, result)
	o.own = o.own.add("fromCall", from)
	return o
}
