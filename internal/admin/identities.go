package admin

import (
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/rest"
)

// IdentitiesPath has the verb import, by which a user of an ACS resource moves in.
const IdentitiesPath = "/admin/identities"

func (a *API) identityRoutes(rt *rest.Router) {
	rt.Handle(http.MethodGet, IdentitiesPath, a.listIdentities)
	rt.Handle(http.MethodPost, IdentitiesPath+":import", a.importIdentities)
}

// User is an identity that was created or imported, and not deleted. Its tokens are
// signed, and not kept.
type User struct {
	ID      string    `json:"id"` // raw
	Created time.Time `json:"createdOn"`
	Revoked time.Time `json:"tokensRevokedOn,omitzero"` // older tokens are not good any more
}

// Sizes of a page of users.
const (
	usualUsers = 100
	maxUsers   = 1000
)

func (a *API) listIdentities(w http.ResponseWriter, r *http.Request) error {
	page, err := rest.ReadPage(r, usualUsers, maxUsers)
	if err != nil {
		return err
	}
	users, next, err := a.Users(r.Context(), page.Token, page.Size)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Value []User `json:"value"`
		Next  string `json:"nextLink,omitempty"`
	}{append([]User{}, users...), rest.NextLink(r, next)})
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
