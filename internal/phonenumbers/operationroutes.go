package phonenumbers

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// getOperation answers with the state of an operation.
func (a *API) getOperation(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("operationId")
	o, err := a.operations.Get(r.Context(), id)
	if err != nil {
		return missing(err, "operationId", id)
	}
	shown := struct {
		Type     string   `json:"operationType"`
		Status   string   `json:"status"`
		Resource string   `json:"resourceLocation,omitempty"`
		Created  string   `json:"createdDateTime"`
		Failure  *failure `json:"error,omitempty"`
		ID       string   `json:"id"`
		Acted    string   `json:"lastActionDateTime"`
	}{o.Type, o.Status, "", wireTime(o.Created), o.Failure, id, wireTime(o.Acted)}
	if o.Resource != "" {
		shown.Resource = link(r, o.Resource)
		w.Header().Set("Location", shown.Resource)
	}
	return rest.WriteJSON(w, http.StatusOK, shown)
}

// cancelOperation releases the numbers that a search holds. Other operations cannot
// be cancelled: they are done already.
func (a *API) cancelOperation(w http.ResponseWriter, r *http.Request) error {
	a.change.Lock()
	defer a.change.Unlock()
	id := r.PathValue("operationId")
	o, err := a.operations.Get(r.Context(), id)
	if err != nil {
		return missing(err, "operationId", id)
	}
	if o.Type != searching.name {
		return fault.Conflict("Operation %.100s has %s already; it cannot be cancelled.", id, o.Status)
	}
	found := id[len(searching.prefix):]
	err = a.searches.Update(r.Context(), found, func(s *search) error {
		if s.Purchase != "" {
			return fault.Conflict("What operation %.100s has found is purchased already.", id)
		}
		s.Expires = a.cfg.Now().UTC()
		return nil
	})
	if err != nil {
		return missing(err, "operationId", id)
	}
	a.inventory.releaseHolds(found)
	return nil
}
