package callautomation

import (
	"context"
	"errors"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

// getCall is GET /calling/callConnections/{callConnectionId}.
func (a *API) getCall(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	p, err := conn.Properties(r.Context())
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, connectionNow(r, p))
}

// hangUp is DELETE /calling/callConnections/{callConnectionId}.
func (a *API) hangUp(w http.ResponseWriter, r *http.Request) error {
	return a.end(w, r, (*call.Connection).HangUp)
}

// terminate is POST /calling/callConnections/{callConnectionId}:terminate.
func (a *API) terminate(w http.ResponseWriter, r *http.Request) error {
	return a.end(w, r, (*call.Connection).Terminate)
}

func (a *API) end(w http.ResponseWriter, r *http.Request, how func(*call.Connection, context.Context) error) error {
	conn, err := a.connection(w, r)
	if err == nil {
		err = how(conn, r.Context())
	}
	if errors.Is(err, call.CallOver) {
		if chain, just := a.calls.JustEnded(r.PathValue("callConnectionId")); just {
			rest.SetChainID(w, chain)
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusNoContent, nil)
}

// connectionEvents are the events of a connection's life.
func connectionEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.CallConnected:
		return occurrence{name: "CallConnected", result: succeeded, lifecycle: true}, true
	case call.CallDisconnected:
		return occurrence{name: "CallDisconnected", result: ended(e.Reason), lifecycle: true, last: true}, true
	}
	return occurrence{}, false
}
