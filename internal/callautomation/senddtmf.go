package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type sendDtmfTonesRequest struct {
	Tones                []string         `json:"tones"`
	TargetParticipant    *rest.Identifier `json:"targetParticipant"`
	OperationContext     string           `json:"operationContext"`
	OperationCallbackURI string           `json:"operationCallbackUri"`
}

// maxTonesSent is how many tones one request may send.
const maxTonesSent = 18

func (r sendDtmfTonesRequest) send() (send call.SendTones, err error) {
	if len(r.Tones) == 0 || len(r.Tones) > maxTonesSent {
		return send, errBody("tones: between 1 and %d tones are required.", maxTonesSent)
	}
	if send.Tones, err = parseTones("tones", r.Tones); err != nil {
		return send, err
	}
	if r.TargetParticipant == nil {
		return send, errBody("targetParticipant is required.")
	}
	send.Target = r.TargetParticipant.ID
	send.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI)
	return send, err
}

// sendDtmfTones is POST …:sendDtmfTones.
func (a *API) sendDtmfTones(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[sendDtmfTonesRequest](r)
	if err != nil {
		return err
	}
	send, err := body.send()
	if err != nil {
		return err
	}
	if err := a.checkBacklogOf(conn, send.Context); err != nil {
		return err
	}
	if err := conn.SendTones(r.Context(), send); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, object{}.addText("operationContext", body.OperationContext))
}

// sendTonesEvents are the events of sendDtmfTones.
func sendTonesEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.SendTonesCompleted:
		return occurrence{name: "SendDtmfTonesCompleted", result: succeeded}, true
	case call.SendTonesFailed:
		return sendTonesFailed(e), true
	}
	return occurrence{}, false
}

func sendTonesFailed(e call.SendTonesFailed) occurrence {
	o := occurrence{name: "SendDtmfTonesFailed", result: actionCanceled}
	if !e.Canceled {
		o.result = resultInformation{Code: 500, SubCode: 9999, Message: "Action failed, the tones could not be sent" + because(e.Cause)}
	}
	return o
}
