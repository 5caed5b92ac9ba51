package identity

import "net/http"

// delete forgets a user; its tokens die with it.
func (a *API) delete(w http.ResponseWriter, r *http.Request) error {
	id, err := a.ownUser(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := a.cfg.Deleted(r.Context(), id); err != nil {
		return err
	}
	if err := a.users.Delete(r.Context(), id.Raw()); err != nil {
		return notFound(err)
	}
	a.forgetCustom(r.Context(), id)
	a.cfg.Gone(id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
