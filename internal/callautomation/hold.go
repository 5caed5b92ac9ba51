package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type holdRequest struct {
	TargetParticipant    *rest.Identifier `json:"targetParticipant"`
	PlaySourceInfo       *playSource      `json:"playSourceInfo"`
	OperationContext     string           `json:"operationContext"`
	OperationCallbackURI string           `json:"operationCallbackUri"`
}

func (r holdRequest) hold() (hold call.Hold, err error) {
	if r.TargetParticipant == nil {
		return hold, errBody("targetParticipant is required.")
	}
	hold.Who = r.TargetParticipant.ID
	if r.PlaySourceInfo != nil {
		music, err := r.PlaySourceInfo.prompt("playSourceInfo")
		if err != nil {
			return hold, err
		}
		hold.Music = music
	}
	hold.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI)
	return hold, err
}

// hold is POST …:hold.
func (a *API) hold(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[holdRequest](r)
	if err != nil {
		return err
	}
	hold, err := body.hold()
	if err != nil {
		return err
	}
	if err := a.checkBacklogOf(conn, hold.Context); err != nil {
		return err
	}
	if err := conn.Hold(r.Context(), hold); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusOK, nil)
}

// targetRequest is what unhold and continuous recognition have in common.
type targetRequest struct {
	TargetParticipant    *rest.Identifier `json:"targetParticipant"`
	OperationContext     string           `json:"operationContext"`
	OperationCallbackURI string           `json:"operationCallbackUri"`
}

// target reads a request that names one participant, and hands it on.
func (a *API) target(w http.ResponseWriter, r *http.Request, do func(*call.Connection, targetRequest, call.Context) error) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[targetRequest](r)
	if err != nil {
		return err
	}
	if body.TargetParticipant == nil {
		return errBody("targetParticipant is required.")
	}
	what, err := operationContext(body.OperationContext, body.OperationCallbackURI)
	if err != nil {
		return err
	}
	if err := do(conn, body, what); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusOK, nil)
}

// unhold is POST …:unhold.
func (a *API) unhold(w http.ResponseWriter, r *http.Request) error {
	return a.target(w, r, func(conn *call.Connection, body targetRequest, _ call.Context) error {
		return conn.Unhold(r.Context(), body.TargetParticipant.ID)
	})
}

// holdEvents are the events of the music of hold. Stable versions know the failure
// alone.
func holdEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.HoldFailed:
		return occurrence{name: "HoldFailed", result: unplayable(e.Cause)}, true
	case call.HoldAudioStarted:
		return holdAudio("HoldAudioStarted", actionCompleted), true
	case call.HoldAudioPaused:
		return holdAudio("HoldAudioPaused", actionCompleted), true
	case call.HoldAudioResumed:
		return holdAudio("HoldAudioResumed", actionCompleted), true
	case call.HoldAudioCompleted:
		return holdAudio("HoldAudioCompleted", actionCanceled), true
	}
	return occurrence{}, false
}

// holdAudio is an event that only previews know.
func holdAudio(name string, result resultInformation) occurrence {
	return occurrence{name: name, result: result, resultFirst: true}
}
