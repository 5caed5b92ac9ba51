package phonenumbers

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/rest"
)

// ownedNumber is a number of ours on the wire.
type ownedNumber struct {
	ID           string       `json:"id"`
	Phone        string       `json:"phoneNumber"`
	Country      string       `json:"countryCode"`
	Kind         string       `json:"phoneNumberType"`
	Capabilities capabilities `json:"capabilities"`
	Assignment   string       `json:"assignmentType"`
	Purchased    string       `json:"purchaseDate"`
	Cost         cost         `json:"cost"`
}

func (n *number) owned() ownedNumber {
	return ownedNumber{n.id(), n.phone, n.country.iso, n.kind, capabilities{n.Calling, capableNone}, n.Assignment, wireTime(n.Since), free}
}

// listOwned answers with a page of the numbers that are ours, in their order.
func (a *API) listOwned(w http.ResponseWriter, r *http.Request) error {
	part, next, err := pageOf(r, "top", a.inventory.list(func(n *number) bool { return n.Owned }))
	if err != nil {
		return err
	}
	numbers := make([]ownedNumber, 0, len(part))
	for _, n := range part {
		numbers = append(numbers, n.owned())
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Numbers []ownedNumber `json:"phoneNumbers"`
		Next    string        `json:"nextLink,omitempty"`
	}{numbers, next})
}

// getOwned answers with one of our numbers.
func (a *API) getOwned(w http.ResponseWriter, r *http.Request) error {
	n, err := a.ownedInPath(r)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, n.owned())
}

// ownedInPath is the owned number that a path names: by itself or, as in the tests of
// .NET's SDK, by its id, which has no "+".
func (a *API) ownedInPath(r *http.Request) (number, error) {
	name := r.PathValue("phoneNumber")
	n, err := a.inventory.find(name)
	if err != nil {
		if n, err := a.inventory.find("+" + name); err == nil {
			return n, nil
		}
		return n, rest.Field("phonenumber", err) // the recorded spelling
	}
	return n, nil
}
