package callautomation

import (
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

type rejectCallRequest struct {
	IncomingCallContext string `json:"incomingCallContext"`
	CallRejectReason    string `json:"callRejectReason"`
}

// rejectReasons are the reasons of the API; none is the default.
var rejectReasons = map[string]call.ReasonKind{
	"": call.Declined, "none": call.Declined, "busy": call.Busy, "forbidden": call.Forbidden,
}

func (r rejectCallRequest) reason() (call.ReasonKind, error) {
	why, ok := rejectReasons[strings.ToLower(r.CallRejectReason)]
	if !ok {
		return why, errBody("callRejectReason: %q is not one of none, busy and forbidden.", r.CallRejectReason)
	}
	return why, nil
}

// rejectCall is POST /calling/callConnections:reject.
func (a *API) rejectCall(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[rejectCallRequest](r)
	if err != nil {
		return err
	}
	if body.IncomingCallContext == "" {
		return errBody("incomingCallContext is required.")
	}
	why, err := body.reason()
	if err != nil {
		return err
	}
	chain := a.calls.CorrelationID(body.IncomingCallContext) // afterwards nothing rings
	if err := a.calls.Reject(r.Context(), body.IncomingCallContext, why); err != nil {
		return err
	}
	rest.SetChainID(w, chain)
	return a.accepted(w, r, http.StatusNoContent, nil)
}
