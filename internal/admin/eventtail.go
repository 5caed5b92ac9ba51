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
)

const (
	tailBeat     = 15 * time.Second // an empty line, so that both ends know the other lives
	tailPatience = 10 * time.Second // how long a follower may take for a line
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
	line := lineWriter{w, http.NewResponseController(w), tailPatience}
	// A limit on reading requests would cut an answer that goes on.
	if err := line.control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	if line.write(nil) != nil { // the header reaches the client before the first event
		return nil
	}
	beat := time.NewTicker(tailBeat)
	defer beat.Stop()
	for {
		select {
		case seen, open := <-sightings:
			if !open || line.show(seen, types, subscription) != nil {
				return nil
			}
		case <-beat.C:
			if line.write(nil) != nil {
				return nil
			}
		case <-a.Stopping.Done():
			return nil
		}
	}
}

// lineWriter sends lines at once.
type lineWriter struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

// show writes an event that the follower asked for.
func (l lineWriter) show(s sender.TailEvent, types []string, subscription string) error {
	if s.Missed > 0 {
		missed, err := json.Marshal(map[string]int{"missed": s.Missed})
		if err != nil {
			return err
		}
		if err := l.write(missed); err != nil {
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
	return l.write(event)
}

func (l lineWriter) write(line []byte) error {
	if err := l.control.SetWriteDeadline(time.Now().Add(l.patience)); err != nil {
		return err
	}
	if _, err := l.w.Write(append(slices.Clip(line), '\n')); err != nil {
		return err
	}
	if err := l.control.Flush(); err != nil {
		return err
	}
	// HTTP/2 ends a stream whose deadline passes, also when nothing is written.
	return l.control.SetWriteDeadline(time.Time{})
}
