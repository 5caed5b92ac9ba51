package identity

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

type createRequest struct {
	Scopes   []string `json:"createTokenWithScopes"`
	Minutes  *int     `json:"expiresInMinutes"`
	CustomID string   `json:"customId"`
}

type createAnswer struct {
	Identity identityAnswer `json:"identity"`
	Token    *tokenAnswer   `json:"accessToken,omitempty"`
}

// create makes a user, with a token if scopes are asked for.
func (a *API) create(w http.ResponseWriter, r *http.Request) error {
	request, err := rest.Decode[createRequest](r)
	if err != nil {
		return err
	}
	var wanted grant
	if len(request.Scopes) > 0 || request.Minutes != nil {
		if wanted, err = readGrant("createTokenWithScopes", request.Scopes, request.Minutes); err != nil {
			return err
		}
	}
	customID, err := request.customID(r)
	if err != nil {
		return err
	}
	if customID != "" {
		return a.createNamed(w, r, customID, wanted)
	}
	id := identifier.NewUser(a.cfg.Resource)
	made := user{Created: a.cfg.Now().UTC()}
	var answer createAnswer
	answer.Identity.ID = id.Raw()
	// The token is signed before the user is stored: a failure leaves nothing behind.
	if len(wanted.scopes) > 0 {
		if answer.Token, err = a.mint(r, id, made, wanted); err != nil {
			return err
		}
	}
	if err := a.users.Create(r.Context(), id.Raw(), made); err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusCreated, answer)
}
