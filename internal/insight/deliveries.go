package insight

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Webhooks are what the API asks of deliveries and of event subscriptions.
type Webhooks interface {
	// Attempts are the newest attempts that a filter selects, the newest first.
	Attempts(filter history.Filter, limit int) []history.Attempt
	// Resend delivers an event once more, to a subscription or, for "", to all of its.
	Resend(event, subscription string) (int, error)
	// Send posts once, as webhooks are posted; nothing is repeated. Its error is a
	// fault for an address that may not be reached.
	Send(ctx context.Context, s Sending) (Sent, error)
	// Test weighs a sample event against the filter of a subscription.
	Test(subscription string, sample Sample) (any, error)
}

// Sending is what is sent once.
type Sending struct {
	URL         string `json:"url"`
	Body        string `json:"body"`
	ContentType string `json:"contentType"` // application/json
}

// Sent is what came of it.
type Sent struct {
	Status    int     `json:"status,omitempty"` // 0: no answer came
	LatencyMS float64 `json:"latencyMs"`
	Answer    string  `json:"answer,omitempty"`
	Error     string  `json:"error,omitempty"`
}

func (a *API) deliveryRoutes(rt *rest.Router) {
	if a.Webhooks == nil {
		return
	}
	rt.Handle(http.MethodGet, Path+"/deliveries", a.listDeliveries, rest.ForReaders())
	rt.Handle(http.MethodPost, Path+"/deliveries:resend", a.resend)
	rt.Handle(http.MethodPost, Path+"/deliveries:send", a.send)
	rt.Handle(http.MethodPost, Path+"/subscriptions/{name}:test", a.testFilter, rest.ForReaders())
}

// listDeliveries answers with attempts of callbacks and of Event Grid, the newest first.
func (a *API) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	page, err := rest.ReadPage(r, usualPage, maxPage)
	if err != nil {
		return err
	}
	values := r.URL.Query()
	filter := history.Filter{ID: values.Get("id"), Result: history.Result(values.Get("result"))}
	if name := values.Get("subscription"); name != "" {
		filter.Group = strings.ToUpper(name) // as Event Grid writes it in records
	}
	if id := values.Get("callConnectionId"); id != "" {
		filter.Group = id
	}
	list := listOf[AttemptView]{Value: []AttemptView{}}
	for _, made := range a.Webhooks.Attempts(filter, page.Size) {
		view := (&attempt{Attempt: made, callback: made.Policy == a.Callbacks}).view()
		list.Value = append(list.Value, AttemptView{made.Time.UTC(), view, a.Hub.callOf(made, view.Subscription == "")})
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}

// callOf is the id of the call that a callback belongs to; "" where it is not known.
func (h *Hub) callOf(made history.Attempt, callback bool) string {
	if !callback {
		return ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.byName[made.Group]; r != nil {
		return r.id
	}
	return ""
}

// resendRequest names an event, or an item of a call's timeline that is a delivery.
type resendRequest struct {
	ID           string `json:"id"`
	Subscription string `json:"eventSubscriptionName"`
}

func (a *API) resend(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[resendRequest](r)
	if err != nil {
		return err
	}
	if body.ID == "" {
		return rest.Field("id", fault.Invalid("id of an event is required"))
	}
	n, err := a.Webhooks.Resend(body.ID, strings.ToUpper(body.Subscription))
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, map[string]int{"redelivered": n})
}

// sendRequest is what to send once: a body of the client's own, or that of a delivery
// in a timeline, as it was.
type sendRequest struct {
	Sending
	Call string `json:"call"`
	Seq  int    `json:"seq"`
}

func (a *API) send(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[sendRequest](r)
	if err != nil {
		return err
	}
	if body.Call != "" && body.Body == "" {
		if body.Body, err = a.Hub.deliveredBody(body.Call, body.Seq); err != nil {
			return err
		}
	}
	if body.URL == "" {
		return rest.Field("url", fault.Invalid("url is required"))
	}
	if body.ContentType == "" {
		body.ContentType = "application/json"
	}
	sent, err := a.Webhooks.Send(r.Context(), body.Sending)
	if err != nil {
		return err
	}
	a.Hub.log.Info("a body was sent by an administrator", "url", history.MaskURL(body.URL), "status", sent.Status)
	return rest.WriteJSON(w, http.StatusOK, sent)
}

// deliveredBody is the body of a delivery in a timeline that is still in memory.
func (h *Hub) deliveredBody(id string, seq int) (string, error) {
	h.mu.Lock()
	r := h.find(id)
	if r == nil {
		h.mu.Unlock()
		return "", unknownCall("in memory (insight.memory-mib), where the bodies of its deliveries would be; the first attempt of GET /calls/{id}/events may have it")
	}
	s := r.snapshot()
	h.mu.Unlock()
	if s.open(); seq > 0 && seq <= len(s.entries) {
		if d, ok := s.entries[seq-1].detail.(*attempt); ok && len(d.body) > 0 && len(d.body) < maxBody {
			return string(d.body), nil
		}
	}
	return "", fault.NotFound("item %s of the call is no delivery whose body is still in memory", strconv.Itoa(seq)).WithCode("ItemNotFound")
}

// Sample is an event to weigh: one of its own, or an IncomingCall with these raw ids.
type Sample struct {
	Type    string         `json:"eventType"`
	Subject string         `json:"subject"`
	Data    map[string]any `json:"data"`
	From    string         `json:"from"`
	To      string         `json:"to"`
}

func (a *API) testFilter(w http.ResponseWriter, r *http.Request) error {
	sample, err := rest.Decode[Sample](r)
	if err != nil {
		return err
	}
	verdict, err := a.Webhooks.Test(r.PathValue("name"), sample)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, verdict)
}
