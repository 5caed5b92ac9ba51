package eventgrid

import (
	"encoding/json"
	"errors"
	"maps"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
)

// kept is what a dead letter tells of its event, in either schema.
type kept struct {
	ID        string    `json:"id"`
	EventType string    `json:"eventType"`
	Type      string    `json:"type"`
	EventTime time.Time `json:"eventTime"`
	Time      time.Time `json:"time"`
}

// DeadLetters tells where a subscription's dead letters are kept, "" for
// nowhere, and how an event of them is addressed to it once more. It reports
// whether there is such a subscription that takes events.
func (g *Grid) DeadLetters(name string) (store string, again func(event json.RawMessage) (delivery.Message, error), ok bool) {
	e, exists := g.view.Load().byKey[key(name)]
	if !exists || e.subscriber == nil {
		return "", nil, false
	}
	return e.subscriber.dead, e.subscriber.again, true
}

// again addresses an event that was given up. Headers that were made of the
// event's fields are not made anew.
func (t *subscriber) again(event json.RawMessage) (delivery.Message, error) {
	var of kept
	if err := json.Unmarshal(event, &of); err != nil {
		return delivery.Message{}, err
	}
	if of.ID == "" {
		return delivery.Message{}, errors.New("the event has no id")
	}
	body := []byte(event)
	if t.schema != schemaCloudEvents {
		body = append(append([]byte{'['}, body...), ']')
	}
	kind, at := of.EventType+of.Type, of.EventTime
	if at.IsZero() {
		at = of.Time
	}
	return delivery.Message{
		ID: of.ID, Policy: PolicyName, Group: t.label, URL: t.endpoint, Header: maps.Clone(t.header), SecretHeaders: t.secret,
		Body: t.batched(body), MaxAttempts: t.retry.MaxAttempts, TTL: t.retry.TimeToLive, Note: kind,
		Batch: t.batch, Bearer: t.bearer, PerMinute: t.rate, DeadLetter: t.dead,
		Event: delivery.Event{Subscription: t.label, Schema: t.schema, Type: kind, Time: at},
	}, nil
}
