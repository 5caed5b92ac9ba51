package admin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/eventgrid/sender"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// tailEvents answers with events as they happen, a JSON object a line, until
// the client leaves or the server stops. Where the client was too slow, a line
// {"missed":N} stands for what it lost.
func (a *API) tailEvents(w http.ResponseWriter, r *http.Request) error {
	var types []string
	if list := r.URL.Query().Get("includedEventTypes"); list != "" {
		types = strings.Split(list, ",")
	}
	subscription, err := a.labelOf(r.URL.Query().Get("subscription"))
	if err != nil {
		return err
	}
	if a.Stopping.Err() != nil {
		return fault.Busy(time.Second, "the server is stopping")
	}
	sightings, err := a.Tail.Follow(r.Context())
	if err != nil {
		return err
	}
	lines, err := rest.NewLines(w)
	if err != nil {
		return err
	}
	if lines.Send(nil) != nil { // the header reaches the client before the first event
		return nil
	}
	beat := time.NewTicker(rest.LinesBeat)
	defer beat.Stop()
	for {
		select {
		case seen, open := <-sightings:
			if !open || showEvent(lines, seen, types, subscription) != nil {
				return nil
			}
		case <-beat.C:
			if lines.Send(nil) != nil {
				return nil
			}
		case <-a.Stopping.Done():
			return nil
		}
	}
}

// showEvent sends an event that the follower asked for.
func showEvent(lines *rest.Lines, s sender.TailEvent, types []string, subscription string) error {
	if s.Missed > 0 {
		missed, err := json.Marshal(map[string]int{"missed": s.Missed})
		if err != nil {
			return err
		}
		if err := lines.Send(missed); err != nil {
			return err
		}
	}
	if !strings.EqualFold(s.Subscription, subscription) || types != nil && !slices.Contains(types, s.Type) {
		return nil
	}
	event := bytes.TrimSpace(s.Body)
	if n := len(event); n > 1 && event[0] == '[' { // the Event Grid schema: an array of one
		event = event[1 : n-1]
	}
	return lines.Send(event)
}
