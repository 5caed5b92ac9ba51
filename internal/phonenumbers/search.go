package phonenumbers

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// holdTime is how long a search or a reservation keeps its numbers, as recorded.
const holdTime = 16 * time.Minute

// search is what a client has found and may purchase until it expires.
type search struct {
	Numbers    []string  `json:"numbers"`
	Kind       string    `json:"kind"`
	Assignment string    `json:"assignment"`
	Calling    string    `json:"calling"`
	Expires    time.Time `json:"expires"`
	Purchase   string    `json:"purchase,omitempty"` // plain id of the operation that purchased it
}

type searchRequest struct {
	Kind         string           `json:"phoneNumberType"`
	Assignment   string           `json:"assignmentType"`
	Capabilities capabilitiesText `json:"capabilities"`
	AreaCode     string           `json:"areaCode"`
	Quantity     *int             `json:"quantity"`
}

// search holds free numbers for a while, as many as are asked for or none.
func (a *API) search(w http.ResponseWriter, r *http.Request) error {
	c, err := countryInPath(r)
	if err != nil {
		return err
	}
	asked, err := rest.Decode[searchRequest](r)
	if err != nil {
		return err
	}
	if err := firstError(checkKind(asked.Kind, false), checkAssignment(asked.Assignment, false), asked.Capabilities.check()); err != nil {
		return err
	}
	quantity := 1
	if asked.Quantity != nil {
		quantity = *asked.Quantity
	}
	if quantity < 1 {
		return rest.Field("quantity", fault.Invalid("quantity must be at least 1, not %d", quantity))
	}
	if asked.Capabilities.wantsSMS() {
		return noPlan("no number of this server has SMS")
	}
	a.change.Lock()
	defer a.change.Unlock()
	if len(a.inventory.first(1, inCountry(c, asked.Kind))) == 0 {
		return noPlan(fmt.Sprintf("it has no %s number of %s at all", asked.Kind, c.iso))
	}
	return a.searchAndHold(w, r, c, asked, quantity)
}

// searchAndHold finds the numbers and reserves them. The caller holds a.change.
func (a *API) searchAndHold(w http.ResponseWriter, r *http.Request, c country, asked searchRequest, quantity int) error {
	now := a.cfg.Now().UTC()
	matches := func(n *number) bool {
		return inCountry(c, asked.Kind)(n) && strings.HasPrefix(n.national(), asked.AreaCode)
	}
	numbers := a.inventory.first(quantity, func(n *number) bool { return matches(n) && n.freeFor("", now) })
	id := newID()
	found := search{
		Numbers: []string{}, Kind: asked.Kind, Assignment: asked.Assignment,
		Calling: cmp.Or(asked.Capabilities.Calling, capableBoth), Expires: now.Add(holdTime),
	}
	o := operation{Resource: "/availablePhoneNumbers/searchResults/" + id}
	if len(numbers) < quantity {
		o.Failure = &failure{"OutOfStock", fmt.Sprintf("The inventory has %d free %s numbers of %s that match, and %d are asked for.%s",
			len(numbers), asked.Kind, c.iso, quantity, a.heldUntil(matches, now))}
	} else {
		for _, n := range numbers {
			found.Numbers = append(found.Numbers, n.phone)
		}
	}
	if err := a.searches.Put(r.Context(), id, found); err != nil {
		return err
	}
	a.inventory.setHold(found.Numbers, hold{id, found.Expires})
	return a.begin(w, r, searching, id, o)
}

// heldUntil says how many numbers that match others hold, and until when at least; "" where
// nobody holds one. The caller holds a.change.
func (a *API) heldUntil(matches func(*number) bool, now time.Time) string {
	held := a.inventory.list(func(n *number) bool { return matches(n) && !n.Owned && n.hold.until.After(now) })
	if len(held) == 0 {
		return ""
	}
	soonest := slices.MinFunc(held, func(a, b number) int { return a.hold.until.Compare(b.hold.until) })
	return fmt.Sprintf(" Searches and reservations hold %d more; one is free again at %s.", len(held), wireTime(soonest.hold.until))
}

// getSearch answers with what a search has found.
func (a *API) getSearch(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("searchId")
	s, err := a.searches.Get(r.Context(), id)
	if err != nil {
		return rest.Field("searchid", missing(err, "searchId", id)) // the recorded spelling
	}
	problem := "NoError"
	if len(s.Numbers) == 0 {
		problem = "OutOfStock"
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		ID           string       `json:"searchId"`
		Numbers      []string     `json:"phoneNumbers"`
		Kind         string       `json:"phoneNumberType"`
		Assignment   string       `json:"assignmentType"`
		Capabilities capabilities `json:"capabilities"`
		Cost         cost         `json:"cost"`
		Expires      string       `json:"searchExpiresBy"`
		NotResell    bool         `json:"isAgreementToNotResellRequired"`
		Error        string       `json:"error"`
	}{id, s.Numbers, s.Kind, s.Assignment, capabilities{s.Calling, capableNone}, free, wireTime(s.Expires), false, problem})
}

// restoreHolds keeps what stored searches and reservations hold.
func (a *API) restoreHolds(ctx context.Context) error {
	for item, err := range a.searches.All(ctx) {
		if err != nil {
			return err
		}
		if s := item.Value; s.Purchase == "" {
			a.inventory.setHold(s.Numbers, hold{item.ID, s.Expires})
		}
	}
	for item, err := range a.reservations.All(ctx) {
		if err != nil {
			return err
		}
		if v := item.Value; v.statusAt(a.cfg.Now()) == active {
			a.inventory.setHold(v.phones(), hold{item.ID, v.Expires})
		}
	}
	return nil
}
