package identity

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// Lifetime of tokens, in minutes.
const (
	minMinutes     = 60
	maxMinutes     = 1440
	defaultMinutes = 1440
)

// scopes are those that tokens can have.
var scopes = []string{"chat", "voip", "chat.join", "chat.join.limited", "voip.join"}

type issueRequest struct {
	Scopes  []string `json:"scopes"`
	Minutes *int     `json:"expiresInMinutes"`
}

type tokenAnswer struct {
	Token     string `json:"token"`
	ExpiresOn string `json:"expiresOn"`
}

// grant is what a token shall allow, and for how long.
type grant struct {
	scopes   []string
	lifetime time.Duration
}

// issue answers with a new token of an existing user.
func (a *API) issue(w http.ResponseWriter, r *http.Request) error {
	id, err := a.ownUser(r.PathValue("id"))
	if err != nil {
		return err
	}
	request, err := rest.Decode[issueRequest](r)
	if err != nil {
		return err
	}
	if request.Scopes == nil {
		return rest.Field("Scopes", fault.Invalid("Scopes: The Scopes field is required."))
	}
	wanted, err := readGrant("scopes", request.Scopes, request.Minutes)
	if err != nil {
		return err
	}
	of, err := a.users.Get(r.Context(), id.Raw())
	if err != nil {
		return notFound(err)
	}
	answer, err := a.mint(r, id, of, wanted)
	if err != nil {
		return err
	}
	if err := a.noteToken(r.Context(), id); err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, answer)
}

// readGrant checks what was asked for; the field named holds the scopes.
func readGrant(field string, asked []string, minutes *int) (grant, error) {
	if len(asked) == 0 {
		return grant{}, rest.Field(field, fault.Invalid("Invalid scopes - Scopes field is required."))
	}
	var wanted grant
	for _, scope := range asked {
		if !slices.Contains(scopes, scope) {
			return grant{}, rest.Field(field, fault.Invalid("Invalid scopes - %.50q is not one of %s.", scope, strings.Join(scopes, ", ")))
		}
		if !slices.Contains(wanted.scopes, scope) {
			wanted.scopes = append(wanted.scopes, scope)
		}
	}
	wanted.lifetime = defaultMinutes * time.Minute
	if minutes != nil {
		if *minutes < minMinutes || *minutes > maxMinutes {
			return grant{}, rest.Field("ExpiresInMinutes", fault.Invalid("ExpiresInMinutes value %d is invalid. Value must be within the [%d, %d] interval.", *minutes, minMinutes, maxMinutes))
		}
		wanted.lifetime = time.Duration(*minutes) * time.Minute
	}
	return wanted, nil
}

// timeFormat is how times are written.
const timeFormat = "2006-01-02T15:04:05-07:00"

// mint signs a token. Its time is not before the user's last revocation, which
// may lie a millisecond ahead of the clock.
func (a *API) mint(r *http.Request, id identifier.ID, of user, wanted grant) (*tokenAnswer, error) {
	now := a.cfg.Now()
	minted := now
	if minted.Before(of.NotBefore) {
		minted = of.NotBefore
	}
	expires, sender := now.Add(wanted.lifetime).Truncate(time.Second), rest.Sender(r.Context())
	token, err := a.cfg.Tokens.Issue(r.Context(), auth.UserToken{
		User: id.Raw(), Scopes: wanted.scopes, Minted: minted, Expires: expires,
		KeyID: sender.KeyID, Subject: sender.Subject, Endpoint: rest.Origin(r),
	})
	if err != nil {
		return nil, fmt.Errorf("issue a token for %s: %w", id, err)
	}
	return &tokenAnswer{Token: token, ExpiresOn: expires.UTC().Format(timeFormat)}, nil
}
