package identity

import (
	"net/http"
	"time"
)

// revoke ends every token that the user has. The real service takes up to
// fifteen minutes for that, ours none.
func (a *API) revoke(w http.ResponseWriter, r *http.Request) error {
	id, err := a.ownUser(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := a.cfg.Revoked(r.Context(), id); err != nil {
		return err
	}
	err = a.users.Update(r.Context(), id.Raw(), func(u *user) error {
		u.NotBefore = afterRevocation(a.cfg.Now(), u.NotBefore)
		return nil
	})
	if err != nil {
		return notFound(err)
	}
	a.cfg.Withdrawn(id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// afterRevocation is the first time at which tokens are good again. Tokens
// tell milliseconds apart, so one minted in this very millisecond dies and one
// minted after the answer lives.
func afterRevocation(now, before time.Time) time.Time {
	if now.Before(before) { // the clock stepped back, or revoked twice in a millisecond
		now = before
	}
	return now.Truncate(time.Millisecond).Add(time.Millisecond).UTC()
}
