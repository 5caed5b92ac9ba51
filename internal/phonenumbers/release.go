package phonenumbers

import "net/http"

// release gives one of our numbers back to the inventory: calls to it are not
// ours any more.
func (a *API) release(w http.ResponseWriter, r *http.Request) error {
	a.change.Lock()
	defer a.change.Unlock()
	n, err := a.ownedInPath(r)
	if err != nil {
		return err
	}
	return a.begin(w, r, releasing, newID(), operation{Plan: task{Release: n.phone}})
}
