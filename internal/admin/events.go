package admin

import (
	"net/http"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
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

func (a *API) eventRoutes(rt *rest.Router) {
	rt.Handle(http.MethodGet, EventFailuresPath, a.eventFailures)
	rt.Handle(http.MethodGet, EventAttemptsPath, a.eventAttempts)
	rt.Handle(http.MethodGet, EventTailPath, a.tailEvents)
	rt.Handle(http.MethodGet, deadLettersPath, a.deadLetters)
	rt.Handle(http.MethodPost, EventsPath+":redeliver", a.redeliver)
}

// listOf is the answer of a list.
type listOf[T any] struct {
	Value []T `json:"value"`
}

// eventFailures answers with failed attempts in the shape of Event Grid's
// diagnostic log, newest first.
func (a *API) eventFailures(w http.ResponseWriter, r *http.Request) error {
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	query := report.FailureQuery{Where: r.URL.Query().Get("where"), Limit: limit}
	if query.Subscription, err = a.labelOf(r.URL.Query().Get("subscription")); err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, listOf[report.Failure]{append([]report.Failure{}, a.Failures.Failures(query)...)})
}

// EventAttempt is one attempt to deliver an event, or its end without one.
type EventAttempt struct {
	Time         time.Time      `json:"time"`
	ID           string         `json:"id"`
	Type         string         `json:"eventType"`
	Subscription string         `json:"eventSubscriptionName"`
	URL          string         `json:"url"`     // the values of its query are masked
	Number       int            `json:"attempt"` // 1 is the first; 0: none was made
	Result       history.Result `json:"result"`
	Status       int            `json:"status,omitempty"`
	LatencyMS    float64        `json:"latencyInMs,omitempty"`
	Answer       string         `json:"answer,omitempty"` // its first bytes
	Error        string         `json:"error,omitempty"`
	Reason       string         `json:"reason,omitempty"`
	Next         *time.Time     `json:"nextAttempt,omitempty"`
}

func (a *API) eventAttempts(w http.ResponseWriter, r *http.Request) error {
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	filter := history.Filter{Policy: a.EventPolicy, ID: r.URL.Query().Get("id")}
	if filter.Group, err = a.labelOf(r.URL.Query().Get("subscription")); err != nil {
		return err
	}
	list := listOf[EventAttempt]{[]EventAttempt{}}
	for _, made := range a.Deliveries.Attempts(filter, limit) {
		made.Group = a.Subscriptions.NameOf(made.Group)
		list.Value = append(list.Value, eventAttempt(made))
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}

func eventAttempt(a history.Attempt) EventAttempt {
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

// labelOf is the name by which deliveries refer to a subscription; "" for "". The
// deliveries of a deleted subscription can still be asked for.
func (a *API) labelOf(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	return a.Subscriptions.Label(name)
}
