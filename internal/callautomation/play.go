package callautomation

import (
	"fmt"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

type playRequest struct {
	PlaySources                 []playSource      `json:"playSources"`
	PlayTo                      []rest.Identifier `json:"playTo"`
	InterruptCallMediaOperation bool              `json:"interruptCallMediaOperation"`
	PlayOptions                 *struct {
		Loop bool `json:"loop"`
	} `json:"playOptions"`
	OperationContext     string `json:"operationContext"`
	OperationCallbackURI string `json:"operationCallbackUri"`
}

func (r playRequest) play() (play call.Play, err error) {
	if len(r.PlaySources) == 0 {
		return play, errBody("playSources: one source is required.")
	}
	if play.Prompts, err = prompts("playSources", r.PlaySources); err != nil {
		return play, err
	}
	if play.To, err = identities("playTo", r.PlayTo); err != nil {
		return play, err
	}
	if play.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI); err != nil {
		return play, err
	}
	play.Interrupt = r.InterruptCallMediaOperation
	play.Loop = r.PlayOptions != nil && r.PlayOptions.Loop
	return play, nil
}

// identities parses a list of identifiers, of as many as a call has participants at most.
func identities(field string, list []rest.Identifier) ([]identifier.ID, error) {
	if len(list) > call.MaxParticipants {
		return nil, errBody("%s: %d participants are more than %d.", field, len(list), call.MaxParticipants)
	}
	ids := make([]identifier.ID, len(list))
	for i, model := range list {
		if model.IsZero() {
			return nil, errBody("%s is null.", indexed(field, i))
		}
		ids[i] = model.ID
	}
	return ids, nil
}

// indexed names a member of a list.
func indexed(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

// play is POST …:play.
func (a *API) play(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[playRequest](r)
	if err != nil {
		return err
	}
	play, err := body.play()
	if err != nil {
		return err
	}
	if err := a.checkBacklogOf(conn, play.Context); err != nil {
		return err
	}
	if err := conn.Play(r.Context(), play); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, nil)
}

// cancelAllMediaOperations is POST …:cancelAllMediaOperations.
func (a *API) cancelAllMediaOperations(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	if err := conn.CancelAllMedia(r.Context()); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, nil)
}

// playEvents are the events of play.
func playEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.PlayStarted:
		return occurrence{name: "PlayStarted", result: actionCompleted}, true
	case call.PlayCompleted:
		return occurrence{name: "PlayCompleted", result: actionCompleted}, true
	case call.PlayFailed:
		return occurrence{name: "PlayFailed", own: object{{"failedPlaySourceIndex", e.Source}}, result: unplayable(e.Cause)}, true
	case call.PlayCanceled:
		return occurrence{name: "PlayCanceled", result: actionCanceled}, true
	}
	return occurrence{}, false
}
