package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type transferRequest struct {
	TargetParticipant    *rest.Identifier `json:"targetParticipant"`
	Transferee           *rest.Identifier `json:"transferee"`
	SourceCallerIDNumber rest.Phone       `json:"sourceCallerIdNumber"`
	OperationContext     string           `json:"operationContext"`
	OperationCallbackURI string           `json:"operationCallbackUri"`
	CustomCallingContext *callingContext  `json:"customCallingContext"`
}

func (r transferRequest) transfer() (t call.Transfer, err error) {
	if r.TargetParticipant == nil {
		return t, errBody("targetParticipant is required.")
	}
	t.Target, t.CallerID = r.TargetParticipant.ID, r.SourceCallerIDNumber.ID
	if r.Transferee != nil {
		t.Transferee = r.Transferee.ID
	}
	if t.SIPHeaders, t.VoIPHeaders, err = r.CustomCallingContext.headers(); err != nil {
		return t, err
	}
	t.Context, err = operationContext(r.OperationContext, r.OperationCallbackURI)
	return t, err
}

// transferToParticipant is POST …:transferToParticipant.
func (a *API) transferToParticipant(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	body, err := rest.Decode[transferRequest](r)
	if err != nil {
		return err
	}
	transfer, err := body.transfer()
	if err != nil {
		return err
	}
	if err := a.checkBacklogOf(conn, transfer.Context); err != nil {
		return err
	}
	transfer.By = asker(r.Context())
	if err := conn.Transfer(r.Context(), transfer); err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusAccepted, object{}.addText("operationContext", body.OperationContext))
}

// transferEvents are the events of a transfer.
func transferEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.CallTransferAccepted:
		return occurrence{name: "CallTransferAccepted", result: succeeded, own: object{
			{"transferTarget", rest.Identifier{ID: e.Target}}, {"transferee", rest.Identifier{ID: e.Transferee}},
		}}, true
	case call.CallTransferFailed:
		return occurrence{name: "CallTransferFailed", result: ended(e.Reason)}, true
	}
	return occurrence{}, false
}
