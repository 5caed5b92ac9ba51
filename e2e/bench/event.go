package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
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
func (a *application) incoming(body []byte) (answer []byte) {
	now := time.Now()
	kind := strings.TrimPrefix(textOf(body, "eventType"), "Microsoft.")
	switch kind {
	case "EventGrid.SubscriptionValidationEvent":
		answer, _ = json.Marshal(map[string]string{"validationResponse": textOf(body, "validationCode")})
		return answer
	case "":
		a.failed(fmt.Errorf("an event without a type: %.200s", body))
		return nil
	}
	e := event{kind: strings.TrimPrefix(kind, "Communication."), at: now}
	_, e.recording, _ = strings.Cut(textOf(body, "subject"), "/recordingId/")
	if a.heard(e, timeOf(body, "eventTime")); e.kind != "IncomingCall" {
		return nil
	}
	context, caller := textOf(body, "incomingCallContext"), textOf(body, "rawId")
	if _, from, found := bytes.Cut(body, []byte(`"from":`)); found {
		caller = textOf(from, "rawId")
	}
	a.work.Go(func() { a.answer(context, caller) })
	return nil
}

// answer takes a call, and remembers whose it was.
func (a *application) answer(context, caller string) {
	request := maps.Clone(a.answers)
	request["incomingCallContext"], request["callbackUri"] = context, a.hooks.url("/callbacks")
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
func (a *application) callback(body []byte) (answer []byte) {
	e := event{
		kind:       strings.TrimPrefix(textOf(body, "type"), "Microsoft.Communication."),
		connection: textOf(body, "callConnectionId"), context: textOf(body, "operationContext"), at: time.Now(),
	}
	if e.kind == "" || e.connection == "" {
		a.failed(fmt.Errorf("a callback without a type or a connection: %.200s", body))
		return nil
	}
	a.heard(e, timeOf(body, "time"))
	if e.kind == "CallConnected" && a.prompt != nil && !a.quietly {
		a.work.Go(func() { a.play(e.connection) })
	}
	return nil
}
