package server

import (
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

func (p *parts) redeliver(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[Redelivery](r)
	if err != nil {
		return err
	}
	label, err := p.labelOf(body.Subscription)
	if err != nil {
		return err
	}
	var done Redelivered
	switch {
	case body.Event != "":
		done.Count, err = p.deliveries.Resend(body.Event, label)
	case label != "":
		done.Count, err = p.redeliverAll(label)
	default:
		err = fault.Invalid("name an event by id, or a subscription by eventSubscriptionName")
	}
	if err != nil {
		return err
	}
	p.log.Info("events redelivered", "event", body.Event, "subscription", label, "deliveries", done.Count)
	return rest.WriteJSON(w, http.StatusOK, done)
}

// redeliverAll starts the next attempt of everything that waits for one.
func (p *parts) redeliverAll(label string) (int, error) {
	if !p.grid.Has(label) {
		return 0, fault.NotFound("there is no event subscription %q", label).WithCode("ResourceNotFound")
	}
	return p.deliveries.Hurry(label), nil
}
