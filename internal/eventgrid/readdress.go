package eventgrid

import (
	"encoding/json"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
)

// Moved reports whether the events of a message's subscription go elsewhere by now, or in
// another schema: whoever waits for an endpoint that is no more waits for nothing.
func (g *Grid) Moved(m *delivery.Message) bool {
	t := g.view.Load().byKey[key(m.Event.Subscription)].subscriber
	return t != nil && (t.endpoint != m.URL || m.Event.Schema != "" && t.schema != m.Event.Schema)
}

// Readdress addresses an event that has waited since it was posted to where its subscription's events go
// now, for the time that is left to it. It fails where the subscription is no more.
func (g *Grid) Readdress(m delivery.Message, posted time.Time) (delivery.Message, bool) {
	t := g.view.Load().byKey[key(m.Event.Subscription)].subscriber
	if t == nil {
		return delivery.Message{}, false
	}
	text := json.RawMessage(m.Body)
	var list []json.RawMessage
	if json.Unmarshal(m.Body, &list) == nil && len(list) == 1 {
		text = list[0]
	}
	again, err := t.again(text)
	if err != nil {
		g.log.Error("event cannot be sent to the new endpoint of its subscription", "id", m.ID, "subscription", m.Event.Subscription, "error", err)
		return delivery.Message{}, false
	}
	again.Lane = m.Lane // the call's
	again.TTL = max(again.TTL-g.cfg.Now().Sub(posted), time.Second)
	return again, true
}
