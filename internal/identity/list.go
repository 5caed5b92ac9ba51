package identity

import (
	"context"
	"time"
)

// Known is an identity, for who operates the server.
type Known struct {
	ID      string
	Created time.Time
	Revoked time.Time // tokens from before are not good any more; zero: none was revoked
}

// List returns a page of the identities in the order of their ids, and the token of the
// next page, "" at the end.
func (a *API) List(ctx context.Context, token string, limit int) (list []Known, next string, err error) {
	items, next, err := a.users.List(ctx, token, limit)
	for _, item := range items {
		list = append(list, Known{item.ID, item.Value.Created, item.Value.NotBefore})
	}
	return list, next, err
}
