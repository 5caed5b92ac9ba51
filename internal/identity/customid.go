package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// Applications may give an identity an id of their own, its customId, in previews from
// customIDSince on: whoever is created again with it is the same identity.
const (
	customIDSince = "2025-03-02"
	maxCustomID   = 256 // characters
)

// holder is the identity that has a customId. It counts while that identity exists.
type holder struct {
	User string `json:"user"`
}

// custom is what is known of an identity with a customId.
type custom struct {
	ID        string    `json:"customId"`
	LastToken time.Time `json:"lastToken,omitzero"` // when its last token was issued
}

var (
	storedHolders = store.Define[holder]("identity-holders", store.Unchanged) // by holderKey
	storedCustoms = store.Define[custom]("identity-customs", store.Unchanged) // by the id of the identity
)

func openCustoms(backend store.Backend) (*store.Collection[holder], *store.Collection[custom], error) {
	holders, err := store.NewCollection(backend, storedHolders)
	if err != nil {
		return nil, nil, err
	}
	customs, err := store.NewCollection(backend, storedCustoms)
	if err != nil {
		holders.Close()
		return nil, nil, err
	}
	return holders, customs, nil
}

// identityAnswer is an identity on the wire.
type identityAnswer struct {
	CustomID  string `json:"customId,omitempty"`
	LastToken string `json:"lastTokenIssuedAt,omitempty"`
	ID        string `json:"id"`
}

func (c custom) answer(id identifier.ID) identityAnswer {
	answer := identityAnswer{CustomID: c.ID, ID: id.Raw()}
	if !c.LastToken.IsZero() {
		answer.LastToken = c.LastToken.UTC().Format(timeFormat)
	}
	return answer
}

// customID is the one that a creation asks for, "" for none: other versions than those
// previews do not know it.
func (q createRequest) customID(r *http.Request) (string, error) {
	version := rest.APIVersion(r.Context())
	if version < customIDSince || !strings.HasSuffix(version, "-preview") {
		return "", nil
	}
	if n := utf8.RuneCountInString(q.CustomID); n > maxCustomID {
		return "", rest.Field("customId", fault.Invalid("customId has %d characters, more than %d.", n, maxCustomID))
	}
	return q.CustomID, nil
}

// holderKey is the key of a customId, which may have any characters.
func holderKey(customID string) string {
	sum := sha256.Sum256([]byte(customID))
	return hex.EncodeToString(sum[:])
}

// createNamed answers with the identity that has a customId, and makes it where there is none.
func (a *API) createNamed(w http.ResponseWriter, r *http.Request, customID string, wanted grant) error {
	a.naming.Lock()
	defer a.naming.Unlock()
	ctx := r.Context()
	id, of, known, err := a.holderOf(ctx, customID)
	if err != nil {
		return err
	}
	fresh := known.ID == ""
	if fresh {
		id, of, known = identifier.NewUser(a.cfg.Resource), user{Created: a.cfg.Now().UTC()}, custom{ID: customID}
	}
	var answer createAnswer
	if len(wanted.scopes) > 0 {
		if answer.Token, err = a.mint(r, id, of, wanted); err != nil {
			return err
		}
		known.LastToken = a.cfg.Now().UTC()
	}
	if fresh { // a failure in between leaves an identity that nobody knows
		if err := a.users.Create(ctx, id.Raw(), of); err != nil {
			return err
		}
	}
	if fresh || answer.Token != nil {
		if err := a.customs.Put(ctx, id.Raw(), known); err != nil {
			return err
		}
	}
	if fresh {
		if err := a.holders.Put(ctx, holderKey(customID), holder{id.Raw()}); err != nil {
			return err
		}
	}
	answer.Identity = known.answer(id)
	return rest.WriteJSON(w, http.StatusCreated, answer)
}

// holderOf is the identity that has a customId; what is known of it is zero where there is none.
// The caller holds a.naming.
func (a *API) holderOf(ctx context.Context, customID string) (id identifier.ID, of user, known custom, err error) {
	at, err := a.holders.Get(ctx, holderKey(customID))
	if err == nil {
		of, err = a.users.Get(ctx, at.User)
	}
	if err == nil {
		known, err = a.customs.Get(ctx, at.User)
	}
	if fault.Is(err, fault.KindNotFound) {
		return identifier.ID{}, user{}, custom{}, nil
	}
	if err == nil {
		id, err = identifier.Parse(at.User)
	}
	return id, of, known, err
}

// noteToken remembers when the last token of an identity with a customId was issued.
func (a *API) noteToken(ctx context.Context, id identifier.ID) error {
	err := a.customs.Update(ctx, id.Raw(), func(c *custom) error {
		c.LastToken = a.cfg.Now().UTC()
		return nil
	})
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}

// forgetCustom lets the customId of an identity that is gone go. What a failure leaves is of
// nobody: see holder.
func (a *API) forgetCustom(ctx context.Context, id identifier.ID) {
	a.naming.Lock()
	defer a.naming.Unlock()
	known, err := a.customs.Get(ctx, id.Raw())
	if fault.Is(err, fault.KindNotFound) {
		return
	}
	if err == nil {
		err = a.customs.Delete(ctx, id.Raw())
	}
	if err == nil {
		key := holderKey(known.ID)
		if at, failed := a.holders.Get(ctx, key); failed == nil && at.User == id.Raw() {
			err = a.holders.Delete(ctx, key)
		}
	}
	if err != nil {
		a.cfg.Log.Warn("the customId of a deleted identity is kept", "identity", id, "error", err)
	}
}

// get answers with an identity.
func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	id, err := a.ownUser(r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := a.users.Get(r.Context(), id.Raw()); err != nil {
		return notFound(err)
	}
	known, err := a.customs.Get(r.Context(), id.Raw())
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, known.answer(id))
}
