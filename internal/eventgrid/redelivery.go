package eventgrid

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
)

// kept is what a dead letter, or a message that waits, tells of its event, in either schema.
type kept struct {
	ID        string          `json:"id"`
	Topic     string          `json:"topic"`
	Source    string          `json:"source"`
	Subject   string          `json:"subject"`
	EventType string          `json:"eventType"`
	Type      string          `json:"type"`
	EventTime time.Time       `json:"eventTime"`
	Time      time.Time       `json:"time"`
	Data      json.RawMessage `json:"data"`
}

// publication is the event as it was published.
func (k kept) publication() *publication {
	e := event{id: k.ID, kind: k.EventType + k.Type, subject: k.Subject, at: k.EventTime, data: k.Data}
	if e.at.IsZero() {
		e.at = k.Time
	}
	if len(k.Data) == 0 {
		e.data = json.RawMessage("null")
	}
	return newPublication(e, cmp.Or(k.Topic, k.Source))
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

// again addresses an event once more as the subscription wants it now: in its schema, with
// its headers. It goes beside the other events of its call.
func (t *subscriber) again(text json.RawMessage) (delivery.Message, error) {
	var of kept
	if err := json.Unmarshal(text, &of); err != nil {
		return delivery.Message{}, err
	}
	if of.ID == "" {
		return delivery.Message{}, errors.New("the event has no id")
	}
	p := of.publication()
	body, err := p.body(t.schema)
	if err != nil {
		return delivery.Message{}, err
	}
	m := t.message(p, body)
	m.Lane = ""
	return m, nil
}
