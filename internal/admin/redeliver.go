package admin

import (
	"context"
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Redelivery asks for an event once more, or, without its id, for all that a
// subscription has not got.
type Redelivery struct {
	Event        string `json:"id,omitempty"`
	Subscription string `json:"eventSubscriptionName,omitempty"`
}

// Redelivered is how many deliveries have begun.
type Redelivered struct {
	Count int `json:"redelivered"`
}

func (a *API) redeliver(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[Redelivery](r)
	if err != nil {
		return err
	}
	label, err := a.labelOf(body.Subscription)
	if err != nil {
		return err
	}
	var done Redelivered
	switch {
	case body.Event != "":
		done.Count, err = a.Deliveries.Resend(body.Event, label)
	case label != "":
		done.Count, err = a.redeliverAll(r.Context(), label)
	default:
		err = fault.Invalid("id of an event, or eventSubscriptionName, is required")
	}
	if err != nil {
		return err
	}
	a.Log.Info("events were delivered once more", "event", body.Event, "subscription", label, "deliveries", done.Count)
	return rest.WriteJSON(w, http.StatusOK, done)
}

// maxRedelivered bounds the dead letters that one request takes up again.
const maxRedelivered = 10_000

// redeliverAll starts the next attempt of everything that waits for one, and
// delivers the subscription's dead letters once more.
func (a *API) redeliverAll(ctx context.Context, label string) (int, error) {
	if !a.Subscriptions.Has(label) {
		return 0, fault.NotFound("there is no event subscription %q", label).WithCode("ResourceNotFound")
	}
	hurried := a.Deliveries.RetryNow(label)
	store, again, ok := a.Subscriptions.DeadLetters(label)
	if !ok || store == "" {
		return hurried, nil
	}
	resent, err := a.DeadLetters.Resend(ctx, a.Deliveries, store, label, maxRedelivered, again)
	return hurried + resent, err
}
