package call

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/outbound"
)

// Connection is an application's right to control a call. It is found through
// the Registry; its methods may be called from any goroutine.
type Connection struct {
	id      string
	call    *Call
	control Control
	origin  OperationKind // create or answer: which failure ends it before it is up

	opened   time.Time
	streamID string // of the media streaming that was set up; "": none

	transcriptionID string // of the transcription that was set up; "": none

	// loop
	state      State
	self       *endpoint    // the application as a participant
	made       Properties   // what does not change
	operations []*operation // that go on or wait, in the order of their acceptance
	stream     *mediaStream // that goes on; nil: none

	transcription *transcription // that goes on; nil: none

	kept     int     // bytes of its operations
	closing  *Reason // why the connection ends; nil: it does not
	originOp Operation
}

// open makes a connection of an application to the call.
func (c *Call) open(control Control, origin OperationKind, self *endpoint, made Properties) *Connection {
	conn := &Connection{id: c.registry.newConnectionID(), call: c, control: control, origin: origin, self: self, made: made, opened: time.Now()}
	conn.originOp = Operation{ID: conn.id, Kind: origin, Context: control.Context}
	conn.made.ID, conn.made.ServerCallID, conn.made.CorrelationID = conn.id, c.id, c.correlationID
	conn.made.CallbackURI, conn.made.Created, conn.made.StreamID = control.CallbackURI, origin == CreateOperation, newID()
	if control.Streaming != nil {
		conn.streamID = conn.made.StreamID
		conn.made.Streaming = &StreamState{ID: conn.streamID}
	}
	if t := control.Transcription; t != nil {
		conn.transcriptionID = newID()
		conn.made.Transcription = &TranscriptionState{ID: conn.transcriptionID, Locale: t.Locale, Intermediate: t.Intermediate}
	}
	c.connections = append(c.connections, conn)
	c.registry.opened(conn)
	c.publish(ConnectionOpened{conn.head(conn.originOp)})
	c.info("connection opened", slog.String("connection", conn.id), slog.Any("callback", outbound.Address(control.CallbackURI)))
	return conn
}

// head is the common part of an event that belongs to op.
func (c *Connection) head(op Operation) Head {
	return Head{
		Connection: c.id, ServerCallID: c.call.id, CorrelationID: c.call.correlationID,
		Control: c.control, Operation: op, At: time.Now(),
	}
}

// CallbackURI is where its events go.
func (c *Connection) CallbackURI() string { return c.control.CallbackURI }

// Await keeps back the events of the connection that come from now on, until answered is
// called: see Barrier.Await.
func (c *Connection) Await() (answered func()) { return c.control.Barrier.Await() }

// lives refuses commands of a connection that has ended.
func (c *Connection) lives() error {
	if c.state >= Disconnecting {
		return errCallOver()
	}
	return nil
}

// established refuses commands that need an established call.
func (c *Connection) established() error {
	if err := c.lives(); err != nil || c.state != Connecting {
		return err
	}
	return NotConnected.because("The call is not established yet: it is in the state connecting.")
}

// askLiving is ask while the connection lives.
func askLiving[T any](ctx context.Context, c *Connection, command func() (T, error)) (T, error) {
	return ask(ctx, c.call, func() (answer T, err error) {
		if err := c.lives(); err != nil {
			return answer, err
		}
		return command()
	})
}

// askConnected is ask for a command that needs an established call.
func askConnected[T any](ctx context.Context, c *Connection, command func() (T, error)) (T, error) {
	return ask(ctx, c.call, func() (answer T, err error) {
		if err := c.established(); err != nil {
			return answer, err
		}
		return command()
	})
}

// do is askLiving for a command that has nothing to return.
func (c *Connection) do(ctx context.Context, command func() error) error {
	_, err := askLiving(ctx, c, func() (struct{}, error) { return struct{}{}, command() })
	return err
}

// whenConnected is askConnected for a command that has nothing to return.
func (c *Connection) whenConnected(ctx context.Context, command func() error) error {
	_, err := askConnected(ctx, c, func() (struct{}, error) { return struct{}{}, command() })
	return err
}

// connected tells the application that its call is up.
func (c *Connection) connected() {
	c.enter(Connected)
	c.call.publish(CallConnected{c.head(c.originOp)})
	if prompts := c.call.registry.cfg.Prompts; prompts != nil { // a registry without them plays none
		prompts.Warm(c.control.speechEndpoints())
	}
	c.startStreamingAtOnce()
	c.startTranscriptionAtOnce()
}

// close ends the connection: its operations are canceled, and when the last one
// has ended, the application hears the last event.
func (c *Connection) close(why Reason) {
	if c.closing != nil {
		return
	}
	closing := why
	c.closing = &closing
	c.call.registry.ending(c)
	failed := c.state == Connecting
	c.enter(Disconnecting)
	if failed {
		for _, e := range c.origin.Cut(c.head(c.originOp), why) {
			c.call.publish(e)
		}
	}
	c.cutOperations()
	c.closeWhenIdle()
}

// closeWhenIdle publishes the last event once no operation is left.
func (c *Connection) closeWhenIdle() {
	if c.closing == nil || len(c.operations) > 0 || c.state == Disconnected {
		return
	}
	c.enter(Disconnected)
	c.call.publish(CallDisconnected{c.head(c.originOp), *c.closing})
	c.call.info("connection closed", slog.String("connection", c.id), slog.String("why", c.closing.words()))
	c.call.registry.closed(c)
	c.call.detailConnection(c)
	c.call.connections = slices.DeleteFunc(c.call.connections, func(other *Connection) bool { return other == c })
}
