package admin

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/rest"
)

// IdentitiesPath has the verb import, by which a user of an ACS resource moves in.
const IdentitiesPath = "/admin/identities"

func (a *API) identityRoutes(rt *rest.Router) {
	rt.Handle(http.MethodPost, IdentitiesPath+":import", a.importIdentities)
}

func (a *API) importIdentities(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[struct {
		IDs []string `json:"ids"`
	}](r)
	if err != nil {
		return err
	}
	n, err := a.Identities.Import(r.Context(), body.IDs)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, map[string]int{"imported": n})
}
