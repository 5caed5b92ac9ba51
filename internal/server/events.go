package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Paths by which commands look at events; Azure has none for these.
const (
	EventsPath        = "/admin/events" // with the verb redeliver
	EventFailuresPath = EventsPath + "/failures"
	EventAttemptsPath = EventsPath + "/attempts"
	EventTailPath     = EventsPath + "/tail"
)

// Sizes of an answer.
const (
	usualEvents = 100
	maxEvents   = 1000
)

func (p *parts) registerEvents(rt *rest.Router) {
	rt.Handle(http.MethodGet, EventFailuresPath, p.eventFailures)
	rt.Handle(http.MethodGet, EventAttemptsPath, p.eventAttempts)
	rt.Handle(http.MethodGet, EventTailPath, p.tailEvents)
	rt.Handle(http.MethodPost, EventsPath+":redeliver", p.redeliver)
}

// listOf is the answer of a list.
type listOf[T any] struct {
	Value []T `json:"value"`
}

// eventFailures answers with failed attempts in the shape of Event Grid's
// diagnostic log, newest first.
func (p *parts) eventFailures(w http.ResponseWriter, r *http.Request) error {
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	query := delivery.FailureQuery{Where: r.URL.Query().Get("where"), Limit: limit}
	if query.Subscription, err = p.labelOf(r.URL.Query().Get("subscription")); err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, listOf[delivery.Failure]{append([]delivery.Failure{}, p.deliveries.Failures(query)...)})
}

// EventAttempt is one attempt to deliver an event, or its end without one.
type EventAttempt struct {
	Time         time.Time       `json:"time"`
	ID           string          `json:"id"`
	Type         string          `json:"eventType"`
	Subscription string          `json:"eventSubscriptionName"`
	URL          string          `json:"url"`     // the values of its query are masked
	Number       int             `json:"attempt"` // 1 is the first; 0: none was made
	Result       delivery.Result `json:"result"`
	Status       int             `json:"status,omitempty"`
	LatencyMS    float64         `json:"latencyInMs,omitempty"`
	Answer       string          `json:"answer,omitempty"` // its first bytes
	Error        string          `json:"error,omitempty"`
	Reason       string          `json:"reason,omitempty"`
	Next         *time.Time      `json:"nextAttempt,omitempty"`
}

func (p *parts) eventAttempts(w http.ResponseWriter, r *http.Request) error {
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	filter := delivery.Filter{Policy: eventgrid.PolicyName, ID: r.URL.Query().Get("id")}
	if filter.Group, err = p.labelOf(r.URL.Query().Get("subscription")); err != nil {
		return err
	}
	list := listOf[EventAttempt]{[]EventAttempt{}}
	for _, a := range p.deliveries.Attempts(filter, limit) {
		list.Value = append(list.Value, eventAttempt(a))
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}

func eventAttempt(a delivery.Attempt) EventAttempt {
	answer := EventAttempt{
		Time: a.Time, ID: a.ID, Type: a.Note, Subscription: a.Group, URL: a.URL, Number: a.Number, Result: a.Result,
		Status: a.Status, LatencyMS: float64(a.Latency.Microseconds()) / 1000, Answer: a.Answer, Error: a.Error, Reason: a.Reason,
	}
	if !a.Next.IsZero() {
		answer.Next = &a.Next
	}
	return answer
}

// limitOf reads how many the client wants at most.
func limitOf(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return usualEvents, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > maxEvents {
		return 0, rest.Field("limit", fault.Invalid("limit must be 1 to %d", maxEvents))
	}
	return limit, nil
}

// labelOf is a subscription's name as deliveries bear it; none for no name.
// Deliveries of one that was deleted can still be asked for.
func (p *parts) labelOf(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	return eventgrid.Label(name)
}
