package insight

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Condition is what somebody waits for: an item of a call. Zero values leave a part out.
type Condition struct {
	Call     string // any id of the call
	From, To string // parts of raw ids
	Kind     Kind
	Name     string    // of an event, such as IncomingCall or PlayCompleted
	Text     string    // part of the item's line
	Since    time.Time // items from then on count
}

// Bounds of waiting.
const (
	usualWait = 5 * time.Second
	maxWait   = time.Minute
	lookBack  = 200 // calls that are looked at for what has happened already
)

// Waited is what came of waiting.
type Waited struct {
	Met  bool     `json:"met"`
	Call *Summary `json:"call,omitempty"`
	Item *Item    `json:"item,omitempty"`
}

// wait answers when a condition is met, or when the time is over.
func (a *API) wait(w http.ResponseWriter, r *http.Request) error {
	c, timeout, err := readCondition(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	defer context.AfterFunc(a.Stopping, cancel)()
	met, err := a.Hub.Wait(ctx, c)
	if errors.Is(err, errFollowers) {
		return fault.Busy(time.Second, "%s", err)
	}
	return rest.WriteJSON(w, http.StatusOK, met)
}

func readCondition(r *http.Request) (c Condition, timeout time.Duration, err error) {
	values := r.URL.Query()
	for _, name := range []string{"call", "from", "to", "event", "text"} {
		if len(values.Get(name)) > 2*maxAsked {
			return c, 0, rest.Field(name, fault.Invalid("%s may have %d bytes", name, 2*maxAsked))
		}
	}
	c = Condition{Call: values.Get("call"), From: values.Get("from"), To: values.Get("to"), Kind: Kind(values.Get("kind")), Name: values.Get("event"), Text: values.Get("text"), Since: time.Now()}
	if c.Kind != "" && !hasKind(Kinds, c.Kind) {
		return c, 0, rest.Field("kind", fault.Invalid("kind must be one of %v", Kinds))
	}
	if text := values.Get("since"); text != "" {
		if c.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return c, 0, rest.Field("since", fault.Invalid("since must be a time such as 2026-01-31T08:00:00Z"))
		}
	}
	timeout = usualWait
	if text := values.Get("timeout"); text != "" {
		if timeout, err = time.ParseDuration(text); err != nil || timeout < 0 || timeout > maxWait {
			return c, 0, rest.Field("timeout", fault.Invalid("timeout must be a duration from 0s to %s, such as 5s", maxWait))
		}
	}
	return c, timeout, nil
}

// Wait returns when the condition is met, by what has happened since c.Since or by what
// happens until ctx ends.
func (h *Hub) Wait(ctx context.Context, c Condition) (Waited, error) {
	f, err := h.Follow() // first, so that nothing falls between
	if err != nil {
		return Waited{}, err
	}
	defer f.Close()
	h.mu.Lock()
	var past []snapshot
	for _, r := range h.order.newest(lookBack) {
		if !r.over() || r.end.After(c.Since) {
			past = append(past, r.snapshot())
		}
	}
	h.mu.Unlock()
	for _, s := range past {
		sum := s.summarize()
		for _, item := range s.items() {
			if c.met(sum, item) {
				return Waited{true, &sum, &item}, nil
			}
		}
	}
	for {
		u, err := f.Next(ctx)
		if err != nil {
			return Waited{}, nil
		}
		if u.Item != nil && c.met(u.Call, *u.Item) {
			call, _, _ := h.Timeline(u.Call.ID)
			return Waited{true, &call, u.Item}, nil
		}
	}
}

func (c Condition) met(call Summary, item Item) bool {
	return !item.At.Before(c.Since) && (c.Kind == "" || c.Kind == item.Kind) && (c.Call == "" || call.concerns(c.Call)) &&
		strings.Contains(call.From, c.From) && strings.Contains(call.To, c.To) &&
		(c.Name == "" || nameOfItem(item) == c.Name) && strings.Contains(item.Text, c.Text)
}

// nameOfItem is the name of the event that an item is about.
func nameOfItem(i Item) string {
	if i.Kind != KindEvent && i.Kind != KindDelivery && i.Kind != KindCall {
		return ""
	}
	var d struct {
		Name  string `json:"name"`
		Event string `json:"eventType"`
	}
	if json.Unmarshal(i.Detail, &d) != nil {
		return ""
	}
	if d.Name != "" {
		return d.Name
	}
	return shortType(d.Event)
}
