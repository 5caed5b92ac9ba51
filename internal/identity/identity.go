// Package identity is the API of calling users: it creates and deletes them,
// issues and revokes their access tokens, and knows who exists. It obeys
// Azure's Communication Identity API of 2023-10-01, and previews of 2025 in that
// users may have ids of the application's own; users and their revocations survive a
// restart.
package identity

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// Config is what an API needs.
type Config struct {
	Resource string           // immutable id of the resource, a GUID
	Tokens   *auth.UserTokens // required
	Store    store.Backend    // required
	Log      *slog.Logger     // nil: slog.Default()
	Now      func() time.Time // nil: time.Now
	// Revoked and Deleted end what a user has beside tokens, before the user's
	// tokens end; nil: users have nothing else. An error stops the request.
	Revoked, Deleted func(context.Context, identifier.ID) error
	// Gone is told of a user who was deleted, whose tokens are no longer good. nil:
	// nobody is.
	Gone func(identifier.ID)
	// Withdrawn is told of a user whose tokens were revoked, when they are no longer good.
	// nil: nobody is.
	Withdrawn func(identifier.ID)
}

// API serves the identities of one resource.
type API struct {
	cfg     Config
	users   *store.Collection[user]
	answers *rest.Repeatability

	naming  sync.Mutex // while a customId gets its identity, or loses it
	holders *store.Collection[holder]
	customs *store.Collection[custom]
}

// user is what is stored of one.
type user struct {
	Created   time.Time `json:"created"`
	NotBefore time.Time `json:"notBefore,omitzero"` // older tokens are revoked
}

// stored is how users are kept.
var stored = store.Define[user]("identities", store.Unchanged)

// New opens the users of the resource. Close ends it.
func New(cfg Config) (*API, error) {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	users, err := store.NewCollection(cfg.Store, stored)
	if err != nil {
		return nil, err
	}
	answers, err := rest.NewRepeatability(cfg.Store, "identity-answers")
	if err != nil {
		users.Close()
		return nil, err
	}
	holders, customs, err := openCustoms(cfg.Store)
	if err != nil {
		answers.Close()
		users.Close()
		return nil, err
	}
	none := func(context.Context, identifier.ID) error { return nil }
	if cfg.Revoked == nil {
		cfg.Revoked = none
	}
	if cfg.Deleted == nil {
		cfg.Deleted = none
	}
	if cfg.Gone == nil {
		cfg.Gone = func(identifier.ID) {}
	}
	if cfg.Withdrawn == nil {
		cfg.Withdrawn = func(identifier.ID) {}
	}
	return &API{cfg: cfg, users: users, answers: answers, holders: holders, customs: customs}, nil
}

// Close ends the collections. Call it before the store is closed.
func (a *API) Close() {
	a.customs.Close()
	a.holders.Close()
	a.answers.Close()
	a.users.Close()
}

// Register adds the routes of the API.
func (a *API) Register(rt *rest.Router) {
	repeatable := rest.Repeatable(a.answers)
	rt.Handle(http.MethodPost, "/identities", a.create, rest.Success(http.StatusCreated), repeatable)
	rt.Handle(http.MethodGet, "/identities/{id}", a.get)
	rt.Handle(http.MethodDelete, "/identities/{id}", a.delete, rest.Success(http.StatusNoContent), repeatable)
	rt.Handle(http.MethodPost, "/identities/{id}/:issueAccessToken", a.issue, repeatable)
	rt.Handle(http.MethodPost, "/identities/{id}/:revokeAccessTokens", a.revoke, rest.Success(http.StatusNoContent), repeatable, rest.Removes())
	a.registerExchanges(rt)
}

// Exists reports whether the user was created or imported, and not deleted.
func (a *API) Exists(ctx context.Context, id identifier.ID) (bool, error) {
	_, err := a.users.Get(ctx, id.Raw())
	if fault.Is(err, fault.KindNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Authenticate reads an access token of a user: whom it names and what it
// allows. A token that is not good any more is an *auth.Denial.
func (a *API) Authenticate(ctx context.Context, token string) (auth.UserToken, error) {
	var failure error
	read, err := a.cfg.Tokens.Verify(ctx, token, func(id string) (time.Time, bool) {
		u, err := a.users.Get(ctx, id)
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			failure = err
		}
		return u.NotBefore, err == nil
	})
	if failure != nil { // not knowing is no denial
		return auth.UserToken{}, failure
	}
	return read, err
}

// Import creates users that another server of the same resource made, and
// returns how many are new. Ids of other resources are refused, and then none
// is created.
func (a *API) Import(ctx context.Context, ids []string) (int, error) {
	for i, raw := range ids {
		if id, err := a.ownUser(raw); err != nil {
			why := *fault.Of(err)
			why.Message = fmt.Sprintf("Identity %d of %d, %.200q: %s", i+1, len(ids), raw, why.Message)
			if theirs := id.Resource(); theirs != "" && theirs != a.cfg.Resource {
				why.Message += fmt.Sprintf(" It belongs to resource %.50s, and this server is resource %s: --resource-id is for the first start, on an empty data directory.", theirs, a.cfg.Resource)
			}
			return 0, &why
		}
	}
	created := 0
	for _, id := range ids {
		err := a.users.Create(ctx, id, user{Created: a.cfg.Now().UTC()})
		switch {
		case err == nil:
			created++
		case !fault.Is(err, fault.KindConflict):
			return created, err
		}
	}
	return created, nil
}

// ownUser reads an id and asks that it is a user of this resource. The codes and
// texts are the real service's.
func (a *API) ownUser(raw string) (identifier.ID, error) {
	id, err := identifier.Parse(raw)
	if err != nil || id.Kind() != identifier.CommunicationUser {
		return id, rest.Field("id", fault.Invalid("Invalid identity - %.100q is no user id such as 8:acs:%s_{user}", raw, a.cfg.Resource))
	}
	if id.Resource() != a.cfg.Resource {
		return id, fault.Unauthorized("Provided identity doesn't belong to the resource.").WithCode("IdentityNotOwned")
	}
	return id, nil
}

// notFound gives a store's NotFound the real service's words.
func notFound(err error) error {
	if fault.Is(err, fault.KindNotFound) {
		return fault.NotFound("Provided identity doesn't exist.").WithCode("IdentityNotFound")
	}
	return err
}
