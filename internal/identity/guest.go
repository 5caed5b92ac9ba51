package identity

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Guest makes a user with a token for calls, as the sample pages need one. Origin
// is how the page reaches the server; the token says it to the calling library.
func (a *API) Guest(ctx context.Context, origin string) (id identifier.ID, token string, err error) {
	id = identifier.NewUser(a.cfg.Resource)
	now := a.cfg.Now()
	token, err = a.cfg.Tokens.Issue(ctx, auth.UserToken{
		User: id.Raw(), Scopes: []string{"voip"}, Minted: now, Expires: now.Add(defaultMinutes * time.Minute).Truncate(time.Second), Endpoint: origin,
	})
	if err != nil {
		return identifier.ID{}, "", err
	}
	return id, token, a.users.Create(ctx, id.Raw(), user{Created: now.UTC()})
}
