package phonenumbers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/rest"
)

// purchase makes the numbers that a search has found ours. A repeated request, as by
// a client that did not receive the answer, gets the same operation. The condition
// not to resell numbers does not exist here.
func (a *API) purchase(w http.ResponseWriter, r *http.Request) error {
	asked, err := rest.Decode[struct {
		Search string `json:"searchId"`
	}](r)
	if err != nil {
		return err
	}
	a.change.Lock()
	defer a.change.Unlock()
	s, err := a.searches.Get(r.Context(), orNoID(asked.Search))
	if err != nil {
		return rest.Field("searchId", missing(err, "searchId", asked.Search))
	}
	if s.Purchase != "" {
		a.writeOperationHeaders(w, r, purchasing, s.Purchase, "")
		return nil
	}
	o := operation{Plan: task{Search: asked.Search}}
	if why := a.cannotPurchase(s); why != nil {
		o.Failure, o.Plan = why, task{}
	}
	return a.begin(w, r, purchasing, newID(), o)
}

// acquireFound makes the numbers of a search ours and notes the operation that
// has done it.
func (a *API) acquireFound(ctx context.Context, id, operation string, at time.Time) error {
	s, err := a.searches.Get(ctx, id)
	if err != nil {
		return missing(err, "searchId", id)
	}
	for _, phone := range s.Numbers {
		if err := a.inventory.purchase(ctx, phone, at, s.Calling, s.Assignment); err != nil {
			return err
		}
	}
	s.Purchase = strings.TrimPrefix(operation, purchasing.prefix)
	return a.searches.Put(ctx, id, s)
}

// orNoID is an id that a collection can be asked for where a client gave none.
func orNoID(id string) string {
	if id == "" {
		return "none"
	}
	return id
}

func (a *API) cannotPurchase(s search) *failure {
	switch {
	case len(s.Numbers) == 0:
		return &failure{"AllNumbersNotAcquired", "The search has found no numbers."}
	case !s.Expires.After(a.cfg.Now()):
		return &failure{"ReservationExpired", "The search expired at " + wireTime(s.Expires) + ". Search again."}
	}
	return nil
}
