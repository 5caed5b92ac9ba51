package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// apiVersion is what the SDK of package-lock.json sends.
const apiVersion = "2026-03-12"

// resultEverywhere is the api-version from which on all events have a result.
const resultEverywhere = "2024-09-01"

// connection is an application's control of a call, and the events of it.
type connection struct {
	*agent
	id string
}

// connected is what createCall and answerCall give to an application.
type connected struct {
	CallConnectionID    string
	ServerCallID        string
	CallConnectionState string
	CorrelationID       string
}

// answer takes an incoming call. Whatever happens later, the connection's events
// are checked at the end of the test.
func (a *agent) answer(call envelope) connection {
	a.t.Helper()
	var got connected
	a.do("answer", values{"context": call.Data.IncomingCallContext, "callback": a.url + "/callbacks"}, &got)
	return a.connection(got.CallConnectionID)
}

// create calls somebody.
func (a *agent) create(arguments values) connection {
	a.t.Helper()
	var got connected
	arguments["callback"] = a.url + "/callbacks"
	a.do("create", arguments, &got)
	if got.CallConnectionState != "connecting" {
		a.t.Errorf("createCall says %q, want connecting", got.CallConnectionState)
	}
	return a.connection(got.CallConnectionID)
}

func (a *agent) connection(id string) connection {
	a.t.Helper()
	if id == "" {
		a.t.Fatal("the call has no callConnectionId")
	}
	a.connections = append(a.connections, id)
	return connection{a, id}
}

// do has something done on the connection.
func (c connection) do(command string, arguments values, result any) {
	c.t.Helper()
	if err := c.try(command, arguments, result); err != nil {
		c.t.Fatal(err)
	}
}

func (c connection) try(command string, arguments values, result any) error {
	with := values{"connection": c.id}
	for name, value := range arguments {
		with[name] = value
	}
	return c.agent.try(command, with, result)
}

// own reports whether an event is a callback of the connection. Those of a recording
// may name it, and come beside them.
func (c connection) own(e event) bool {
	return e.Event == "callback" && e.data().CallConnectionID == c.id && e.data().RecordingID == ""
}

// got returns the first event of a kind, past or to come.
func (c connection) got(kind string) data {
	c.t.Helper()
	return c.gotFor("", kind)
}

// gotFor is got for the events of an operation, by its operationContext.
func (c connection) gotFor(context, kind string) data {
	c.t.Helper()
	return c.wait(kind, func(e event) bool {
		return c.own(e) && e.kind() == kind && (context == "" || e.data().OperationContext == context)
	}).data()
}

// kinds names the events so far, in the order of their arrival.
func (c connection) kinds() []string {
	var kinds []string
	for _, e := range c.all(c.own) {
		kinds = append(kinds, e.kind())
	}
	return kinds
}

// ended waits for the end and returns why.
func (c connection) ended() *result {
	c.t.Helper()
	return c.got("CallDisconnected").ResultInformation
}

// gone asks that the call can no longer be found.
func (c connection) gone() {
	c.t.Helper()
	err := c.try("getCallProperties", nil, nil)
	if err == nil || !strings.Contains(err.Error(), "404 8522") {
		c.t.Errorf("getCall after the end: %v, want 404 with code 8522", err)
	}
}

// check asks of a connection's events what must hold for any of them.
func (c connection) check() {
	resource := c.resource()
	events := c.all(c.own)
	for i, e := range events {
		if e.kind() == "CallDisconnected" && i != len(events)-1 {
			c.t.Errorf("CallDisconnected is not the last event of its connection: %v", c.kinds())
		}
		checkCallback(c.t, e, c.version, resource)
	}
}

// resource is the resource id, which callbacks are signed for.
func (a *agent) resource() string {
	var saved struct{ ResourceID string }
	if err := json.Unmarshal([]byte(a.product.file("resource.json")), &saved); err != nil {
		a.t.Error(err)
	}
	return saved.ResourceID
}

// checkCallback asks that a callback is what Azure sends: an array of one
// CloudEvent that the SDK reads, signed for the resource, for five minutes.
func checkCallback(t testing.TB, e event, version, resource string) {
	t.Helper()
	envelope := e.Raw[0]
	source := "calling/callConnections/" + envelope.Data.CallConnectionID
	switch {
	case len(e.Raw) != 1:
		t.Errorf("%s came with %d others in its array", e.kind(), len(e.Raw)-1)
	case envelope.SpecVersion != "1.0" || envelope.ID == "" || envelope.Source != source || envelope.Subject != source:
		t.Errorf("the envelope of %s is %+v", e.kind(), envelope)
	case envelope.Data.PublicEventType != envelope.Type || envelope.Data.Version != version:
		t.Errorf("%s says publicEventType %q and version %q", e.kind(), envelope.Data.PublicEventType, envelope.Data.Version)
	case envelope.Data.ServerCallID == "" || envelope.Data.CorrelationID == "" || envelope.Data.ResultInformation == nil && version >= resultEverywhere:
		t.Errorf("%s lacks common data: %+v", e.kind(), envelope.Data)
	}
	var parsed struct{ Kind string }
	if err := json.Unmarshal(e.Parsed, &parsed); err != nil || parsed.Kind != e.kind() {
		t.Errorf("the SDK reads %s as %q", e.kind(), parsed.Kind)
	}
	if sent, err := time.Parse(time.RFC3339, envelope.Time); err != nil || time.Since(sent).Abs() > time.Hour {
		t.Errorf("%s has the time %q", e.kind(), envelope.Time)
	}
	if life := e.Claims.Expires - e.Claims.NotBefore; life != 300 || !e.Claims.isFor(resource) {
		t.Errorf("%s is signed for %v and %d s, want %s and 300 s", e.kind(), e.Claims.Audience, life, resource)
	}
}

func (c claims) isFor(audience string) bool {
	if list, ok := c.Audience.([]any); ok {
		return slices.Contains(list, any(audience))
	}
	return c.Audience == audience
}
