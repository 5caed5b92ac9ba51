package eventgrid

import (
	"net/http"
	"net/url"

	"github.com/switchhook/switchhook/internal/rest"
)

// operationAnswer is ARM's status of a long-running operation.
type operationAnswer struct {
	Status string         `json:"status"`
	Error  *problemAnswer `json:"error,omitempty"`
}

// follow tells the client of a create or an update how to see it through: ask
// again soon and, since the SDKs' pollers look into the body of a create only,
// where an update's status is.
func (g *Grid) follow(w http.ResponseWriter, r *http.Request, sub Subscription, in place) error {
	w.Header().Set("Retry-After", pollAgain)
	if r.Method == http.MethodPatch {
		version := url.Values{"api-version": {rest.APIVersion(r.Context())}}
		w.Header().Set("Azure-AsyncOperation", rest.Origin(r)+in.of(sub)+"/operationStatus?"+version.Encode())
	}
	return rest.WriteJSON(w, http.StatusCreated, g.arm.answer(sub, in))
}

// operationStatus is how the last create or update of a subscription goes.
func (g *Grid) operationStatus(w http.ResponseWriter, r *http.Request, _ place) error {
	sub, exists := g.view.Load().find(r.PathValue("name"))
	if !exists {
		return noSuch(r.PathValue("name"))
	}
	out := operationAnswer{Status: "InProgress"}
	if sub.State.ended() {
		out = operationAnswer{Status: string(sub.State), Error: sub.problem()}
	} else {
		w.Header().Set("Retry-After", pollAgain)
	}
	return rest.WriteJSON(w, http.StatusOK, out)
}
