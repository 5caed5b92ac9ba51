package insight

import (
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// attempt is an attempt to deliver an event, or the end of its delivery.
type attempt struct {
	history.Attempt
	body     []byte // of the event; nil after its first attempt
	callback bool   // not of an event subscription
}

func (a *attempt) code(c *coder) {
	c.moment(&a.Time)
	for _, text := range [...]*string{&a.ID, &a.Group, &a.Note, &a.URL, &a.Answer, &a.Error, (*string)(&a.Result), &a.Reason} {
		c.text(text)
	}
	c.number(&a.Number)
	c.number(&a.Status)
	c.duration(&a.Latency)
	c.moment(&a.Next)
	c.body(&a.body)
	c.flag(&a.callback)
}

// DeliveryDetail is what the API says of an attempt.
type DeliveryDetail struct {
	ID           string     `json:"id"` // of the event
	Event        string     `json:"eventType"`
	Subscription string     `json:"eventSubscriptionName,omitempty"` // "" for a callback
	URL          string     `json:"url"`
	Number       int        `json:"attempt"`
	Result       string     `json:"result"`
	Status       int        `json:"status,omitempty"`
	LatencyMS    float64    `json:"latencyMs"`
	Answer       string     `json:"answer,omitempty"`
	Error        string     `json:"error,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	Next         *time.Time `json:"nextAttempt,omitempty"`
	Body         string     `json:"body,omitempty"` // of the event, secrets masked; with its first attempt
}

func (a *attempt) view() DeliveryDetail {
	d := DeliveryDetail{
		ID: a.ID, Event: a.Note, URL: clean(a.URL, maxLine), Number: a.Number, Result: string(a.Result), Status: a.Status,
		LatencyMS: float64(a.Latency.Microseconds()) / 1000, Answer: clean(a.Answer, maxLine), Error: clean(a.Error, maxLine), Reason: clean(a.Reason, maxLine),
		Body: maskBody(a.body),
	}
	if !a.callback {
		d.Subscription = a.Group
	}
	if !a.Next.IsZero() {
		next := a.Next.UTC()
		d.Next = &next
	}
	return d
}

func (a *attempt) more() any { return a.view() }

func (a *attempt) line() (Kind, string, bool) {
	text := fmt.Sprintf("%s to %s: %s", shortType(a.Note), clean(a.URL, maxLine), outcomeOf(a.Attempt))
	if !a.Next.IsZero() {
		text += ", next attempt at " + a.Next.UTC().Format(time.TimeOnly)
	}
	return KindDelivery, text, a.Result != history.Delivered
}

// outcomeOf is what came of an attempt, in words.
func outcomeOf(a history.Attempt) string {
	switch {
	case a.Status != 0 && a.Result == history.Delivered:
		return fmt.Sprintf("answered %d", a.Status)
	case a.Status != 0:
		return fmt.Sprintf("answered %d (attempt %d, %s)", a.Status, a.Number, a.Result)
	case a.Error != "":
		return fmt.Sprintf("%s (attempt %d, %s)", clean(a.Error, maxLine), a.Number, a.Result)
	}
	return strings.TrimSpace(string(a.Result) + " " + clean(a.Reason, maxLine))
}

// shortType is the end of an event's type.
func shortType(kind string) string { return kind[strings.LastIndexByte(kind, '.')+1:] }

// nameOfMessage is the name by which the call of a message is known: its connection or
// recording, or its serverCallId.
func nameOfMessage(m *delivery.Message) string {
	if m.Event.Subscription == "" {
		return m.Group
	}
	_, call, _ := strings.Cut(m.Lane, "/") // a lane of Event Grid is a subscription and a call
	return call
}

// Delivery takes an attempt to deliver a message, or its end.
func (h *Hub) Delivery(m *delivery.Message, a history.Attempt) {
	name, callback := nameOfMessage(m), m.Event.Subscription == ""
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.byName[name]; r != nil {
		d := attempt{Attempt: a, callback: callback}
		if a.Number <= 1 {
			d.body = m.Body[:min(len(m.Body), maxBody)]
		}
		if h.wants(r, a.Result != history.Delivered) {
			d.code(h.begin(formatAttempt, a.Time))
			h.add(r)
		}
	}
}
