package callautomation

import (
	"encoding/json"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// announceRequest is that of a preview of 2025. Its SDKs send one identifier as
// playTo; one of them declares a list.
type announceRequest struct {
	PlaySources          []playSource    `json:"playSources"`
	PlayTo               json.RawMessage `json:"playTo"`
	OperationContext     string          `json:"operationContext"`
	OperationCallbackURI string          `json:"operationCallbackUri"`
}

// announcement is a play to single participants, who may be on hold, in place of
// what they alone hear.
func (r announceRequest) announcement() (play call.Play, err error) {
	if len(r.PlaySources) == 0 {
		return play, errBody("playSources: one source is required.")
	}
	if play.Prompts, err = prompts("playSources", r.PlaySources); err != nil {
		return play, err
	}
	if play.To, err = r.listeners(); err != nil {
		return play, err
	}
	play.Interrupt, play.Announces = true, true
	play.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI)
	return play, err
}

func (r announceRequest) listeners() ([]identifier.ID, error) {
	var one rest.Identifier
	var list []rest.Identifier
	if json.Unmarshal(r.PlayTo, &list) != nil {
		if json.Unmarshal(r.PlayTo, &one) != nil {
			return nil, errBody("playTo is no participant.")
		}
		list = []rest.Identifier{one}
	}
	if len(list) == 0 {
		return nil, errBody("playTo is required.")
	}
	return identities("playTo", list)
}

// interruptAudioAndAnnounce is POST …:interruptAudioAndAnnounce.
func (a *API) interruptAudioAndAnnounce(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[announceRequest](r)
	if err != nil {
		return err
	}
	play, err := body.announcement()
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
