package callautomation

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Policy names the delivery policy of callbacks.
const Policy = "callback"

// eventTime is how the service writes times: at most seven decimals, in UTC.
const eventTime = "2006-01-02T15:04:05.9999999-07:00"

// contentType are the header fields of every callback. Nobody changes them.
var contentType = map[string]string{"Content-Type": "application/json"}

// Outbox takes messages for applications, and promises to be kept until they are. It
// keeps the content of the list that it is given, not the list.
type Outbox interface {
	Post(...delivery.Message)
	Hold(key string, body []byte)
}

// Callbacks publishes what happens in calls to their applications.
type Callbacks struct {
	outbox Outbox
	log    *slog.Logger
}

// NewCallbacks returns the publisher that a call.Registry is made with.
func NewCallbacks(outbox Outbox, log *slog.Logger) *Callbacks {
	return &Callbacks{outbox: outbox, log: log}
}

// Publish queues the callback of an event, or keeps a promise of one.
func (c *Callbacks) Publish(e call.Event) {
	head := e.Header()
	switch e.(type) {
	case call.ConnectionOpened:
		c.hold(head, connectionKey(head.Connection), operationKey(head.Operation.ID))
	case call.OperationAccepted:
		c.hold(head, operationKey(head.Operation.ID))
	default:
		o, ok := describe(e)
		switch {
		case !ok:
			c.log.Error("event has no form on the wire and was not sent", "event", fmt.Sprintf("%T", e), "connection", head.Connection)
		case version(head.Control.Version).knows(o.name):
			c.tell(e, o)
		}
	}
}

// tell posts an event, once the client has the answers to the requests that came before it:
// applications, Microsoft's samples among them, use in CallConnected what they have of the answer,
// and begin to wait for the end of an operation when they have it. Until then the promise
// stands for the event.
func (c *Callbacks) tell(e call.Event, o occurrence) {
	if barrier := e.Header().Control.Barrier; barrier.Shut() {
		barrier.Pass(func() { c.post(e, o) })
		return
	}
	c.post(e, o)
}

// post queues one event as the array of one CloudEvent that ACS sends.
func (c *Callbacks) post(e call.Event, o occurrence) {
	head := e.Header()
	url := head.Operation.CallbackURI
	if url == "" {
		url = head.Control.CallbackURI
	}
	list := lists.Get().(*[1]delivery.Message)
	defer func() { list[0] = delivery.Message{}; lists.Put(list) }()
	m := &list[0]
	*m = delivery.Message{
		ID: identifier.NewGUID(), Policy: Policy,
		Group: head.Connection, URL: url,
		Header: contentType, Last: o.last, Note: o.name,
	}
	if o.recording != "" { // its events end after those of the connection that it names
		m.Group, m.Last = o.recording, !o.goesOn
	}
	m.Lane = m.Group + " " + url
	text, err := body(m.ID, o, head)
	if err != nil { // every member is text, a number or a list of these
		c.log.Error("event cannot be written", "event", o.name, "connection", head.Connection, "error", err)
		return
	}
	m.Body = text
	m.Release = o.releases(e)
	c.outbox.Post(list[:]...)
}

// lists are for messages on their way to an Outbox.
var lists = sync.Pool{New: func() any { return new([1]delivery.Message) }}

// body is an event as the array of one CloudEvent.
func body(id string, o occurrence, head call.Head) ([]byte, error) {
	return appendjson.Build(func(b []byte) ([]byte, error) {
		b, err := appendCloudEvent(append(b, '['), id, o, head)
		return append(b, ']'), err
	})
}

// appendCloudEvent appends an event in its envelope.
func appendCloudEvent(b []byte, id string, o occurrence, head call.Head) ([]byte, error) {
	from := o.source(head)
	source := from[:]
	e := appendjson.Open(b)
	e.Text("id", id)
	e.Joined("source", source...)
	e.Joined("type", typePrefix, o.name)
	e.Value("data", func(b []byte) ([]byte, error) { return o.appendData(b, head, source) })
	e.TimeAs("time", eventTime, head.At.UTC())
	e.Text("specversion", "1.0")
	e.Text("datacontenttype", "application/json")
	e.Joined("subject", source...)
	return e.Close()
}

// source is where the event is of, in parts.
func (o occurrence) source(head call.Head) [6]string {
	if o.recording != "" {
		return [...]string{"calling/recordings/", head.ServerCallID, "/", o.recording, "/", o.name}
	}
	return [...]string{"calling/callConnections/", head.Connection, 5: ""}
}

func connectionKey(id string) string { return "connection " + id }
func operationKey(id string) string  { return "operation " + id }

// hold keeps the head of what was promised under each of keys, so that its end can be told
// even by the next process.
func (c *Callbacks) hold(head call.Head, keys ...string) {
	body, err := writePromise(head)
	if err != nil { // its times are the clock's
		c.log.Error("promise cannot be written", "key", keys[0], "connection", head.Connection, "error", err)
		return
	}
	for _, key := range keys {
		c.outbox.Hold(key, body)
	}
}

// TokenSource signs the bearer tokens of callbacks.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// authorize returns the hook that gives every attempt a token of its own.
func authorize(tokens TokenSource) func(context.Context, delivery.Header, *delivery.Message, int) error {
	var last atomic.Pointer[string] // the value of the header: a token serves for a second
	return func(ctx context.Context, h delivery.Header, _ *delivery.Message, _ int) error {
		token, err := tokens.Token(ctx)
		if err != nil {
			return fmt.Errorf("sign the callback: %w", err)
		}
		value := last.Load()
		if value == nil || (*value)[len("Bearer "):] != token {
			made := "Bearer " + token
			value = &made
			last.Store(value)
		}
		h.Set("Authorization", *value)
		return nil
	}
}
