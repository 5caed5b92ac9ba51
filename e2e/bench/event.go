package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
)

// event is a callback that a run waits for.
type event struct {
	kind       string // without its prefix
	connection string
	recording  string // recordingId
	context    string // operationContext
	at         time.Time
}

// maxWatched bounds the events of a kind that wait to be read.
const maxWatched = 8192

// watch returns where events of a kind go from now on.
func (a *application) watch(kind string) <-chan event {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.watched[kind] == nil {
		a.watched[kind] = make(chan event, maxWatched)
	}
	return a.watched[kind]
}

// heard notes the latency of an event and passes it on to who watches.
func (a *application) heard(e event, sent time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latencies = append(a.latencies, e.at.Sub(sent))
	if to := a.watched[e.kind]; to != nil {
		select {
		case to <- e:
		default: // the run that asked for them is over
		}
	}
}

// next waits for an event.
func next(ctx context.Context, from <-chan event, what string) (event, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	select {
	case e := <-from:
		return e, nil
	case <-ctx.Done():
		return event{}, fmt.Errorf("no %s came: %w", what, ctx.Err())
	}
}

// incoming is the Event Grid webhook: it answers each call, and passes on what is said of
// recordings.
func (a *application) incoming(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	var events []struct {
		EventType string
		Subject   string
		EventTime time.Time
		Data      struct {
			ValidationCode, IncomingCallContext string
			From                                struct{ RawID string }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil || len(events) == 0 {
		a.failed(fmt.Errorf("event: %w", err))
		return
	}
	data := events[0].Data
	if data.ValidationCode != "" {
		json.NewEncoder(w).Encode(map[string]string{"validationResponse": data.ValidationCode})
		return
	}
	e := event{kind: strings.TrimPrefix(events[0].EventType, "Microsoft.Communication."), at: now}
	_, e.recording, _ = strings.Cut(events[0].Subject, "/recordingId/")
	if a.heard(e, events[0].EventTime); e.kind != "IncomingCall" {
		return
	}
	a.work.Go(func() { a.answer(data.IncomingCallContext, data.From.RawID) })
}

// answer takes a call, and remembers whose it was.
func (a *application) answer(context, caller string) {
	request := maps.Clone(a.answers)
	request["incomingCallContext"], request["callbackUri"] = context, a.url+"/callbacks"
	answer, err := a.post("calling/callConnections:answer", request)
	var connection string
	if err == nil {
		connection, err = created(answer)
	}
	if err != nil {
		a.failed(err)
		return
	}
	a.mu.Lock()
	a.callers[connection] = caller
	a.mu.Unlock()
}

// sinceInvite are the times from the INVITEs of some callers to the arrival of
// their calls' events.
func (a *application) sinceInvite(arrived <-chan event, began map[string]time.Time) (took times) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(arrived) > 0 {
		e := <-arrived
		if at, known := began[a.callers[e.connection]]; known {
			took = append(took, e.at.Sub(at))
		}
	}
	return took
}

// callback takes Call Automation's events.
func (a *application) callback(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	var events []struct {
		Type string
		Time time.Time
		Data struct{ CallConnectionID, OperationContext string }
	}
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil || len(events) == 0 {
		a.failed(fmt.Errorf("callback: %w", err))
		return
	}
	e := event{
		kind:       strings.TrimPrefix(events[0].Type, "Microsoft.Communication."),
		connection: events[0].Data.CallConnectionID, context: events[0].Data.OperationContext, at: now,
	}
	a.heard(e, events[0].Time)
	if e.kind == "CallConnected" && a.prompt != nil && !a.quietly {
		a.work.Go(func() { a.play(e.connection) })
	}
}
