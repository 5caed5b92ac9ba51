package admin

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// deadLettersPath lists the dead letters of a subscription.
const deadLettersPath = EventsPath + "/deadletters"

// deadLetterList is the answer.
type deadLetterList struct {
	Kept  bool                `json:"kept"` // whether the subscription has a place for dead letters
	Value []deadletter.Letter `json:"value"`
	More  bool                `json:"more,omitempty"` // there are others
}

// deadLetters answers GET /admin/events/deadletters?subscription=NAME&limit=N.
func (a *API) deadLetters(w http.ResponseWriter, r *http.Request) error {
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	label, err := a.labelOf(r.URL.Query().Get("subscription"))
	if err != nil {
		return err
	}
	if label == "" {
		return rest.Field("subscription", fault.Invalid("subscription is required: the name of an event subscription"))
	}
	if !a.Subscriptions.Has(label) {
		return fault.NotFound("there is no event subscription %q", label).WithCode("ResourceNotFound")
	}
	answer := deadLetterList{Value: []deadletter.Letter{}}
	store, _, ok := a.Subscriptions.DeadLetters(label)
	if answer.Kept = ok && store != ""; answer.Kept {
		letters, more, err := a.DeadLetters.List(r.Context(), store, label, limit)
		if err != nil {
			return err
		}
		answer.Value, answer.More = append(answer.Value, letters...), more
	}
	return rest.WriteJSON(w, http.StatusOK, answer)
}
