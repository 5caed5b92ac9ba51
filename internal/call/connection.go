package call

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Connection is an application's right to control a call. It is found through
// the Registry; its methods may be called from any goroutine.
type Connection struct {
	id      string
	call    *Call
	control Control
	origin  OperationKind // create or answer: which failure ends it before it is up

	opened time.Time

	// loop
	state    State
	self     *participant // the application as a participant
	made     Properties   // what does not change
	queue    []*operation // main media operations; the first one runs
	others   []*operation // operations on one participant
	expected []*operation // operations that end by news of the call
	leaving  *Reason      // set once the connection is ending
	originOp Operation
}

// Properties describes a connection.
type Properties struct {
	ID            string
	ServerCallID  string
	CorrelationID string
	State         State
	Targets       []identifier.ID
	Source        identifier.ID
	CallerID      identifier.ID // zero where no caller id was given
	DisplayName   string
	AnsweredBy    identifier.ID // zero where the connection was not answered by an identity
	CallbackURI   string
}

// open makes a connection of an application to the call.
func (c *Call) open(control Control, origin OperationKind, self *participant, made Properties) *Connection {
	conn := &Connection{id: c.registry.newConnectionID(), call: c, control: control, origin: origin, self: self, made: made, opened: time.Now()}
	conn.originOp = Operation{ID: conn.id, Kind: origin, Context: control.Context}
	conn.made.ID, conn.made.ServerCallID, conn.made.CorrelationID = conn.id, c.id, c.correlationID
	conn.made.CallbackURI = control.CallbackURI
	c.connections = append(c.connections, conn)
	c.registry.opened(conn)
	c.publish(ConnectionOpened{conn.head(conn.originOp)})
	c.log.Info("connection opened", "connection", conn.id, "callback", control.CallbackURI)
	return conn
}

// head is the common part of an event that belongs to op.
func (c *Connection) head(op Operation) Head {
	return Head{
		Connection: c.id, ServerCallID: c.call.id, CorrelationID: c.call.correlationID,
		Control: c.control, Operation: op, At: time.Now(),
	}
}

// do runs a command while the connection lives.
func (c *Connection) do(ctx context.Context, command func() error) error {
	return c.call.do(ctx, func() error {
		if c.state >= Disconnecting {
			return errCallNotFound()
		}
		return command()
	})
}

// whenConnected runs a command that needs an established call.
func (c *Connection) whenConnected(ctx context.Context, command func() error) error {
	return c.do(ctx, func() error {
		if c.state == Connecting {
			return fault.Invalid("The call is not established yet: it is in the state connecting.").WithCode("8501")
		}
		return command()
	})
}

// CorrelationID is the same for all connections of a call.
func (c *Connection) CorrelationID() string { return c.call.correlationID }

// Properties describes the connection as it is now.
func (c *Connection) Properties(ctx context.Context) (p Properties, err error) {
	err = c.do(ctx, func() error {
		p = c.made
		p.State = c.state
		return nil
	})
	return p, err
}

// Participants lists who is in the call, the application itself included.
func (c *Connection) Participants(ctx context.Context) (list []Participant, err error) {
	err = c.whenConnected(ctx, func() error {
		list = c.call.present()
		return nil
	})
	return list, err
}

// Participant returns one of the participants.
func (c *Connection) Participant(ctx context.Context, who identifier.ID) (found Participant, err error) {
	err = c.whenConnected(ctx, func() error {
		p := c.call.find(who)
		if p == nil {
			return errParticipantNotFound(who)
		}
		found = Participant{ID: p.id, Muted: p.muted, OnHold: p.held}
		return nil
	})
	return found, err
}

func errParticipantNotFound(who identifier.ID) *fault.Error {
	return fault.NotFound("Participant %s not found in the call.", who).WithCode("8522")
}

// connected tells the application that its call is up.
func (c *Connection) connected() {
	c.enter(Connected)
	c.call.publish(CallConnected{c.head(c.originOp)})
}

// tellRoster publishes the list of participants to every connection that is up.
func (c *Call) tellRoster() {
	c.roster++
	for _, conn := range c.connections {
		if conn.state != Connecting && conn.state < Disconnecting {
			c.publish(ParticipantsUpdated{Head: conn.head(Operation{}), Participants: c.present(), Sequence: c.roster})
		}
	}
}

// leave ends the connection: its operations are canceled, and when the last one
// has told its end, the application hears the last event.
func (c *Connection) leave(why Reason) {
	if c.leaving != nil {
		return
	}
	c.leaving = &why
	failed := c.state == Connecting
	c.enter(Disconnecting)
	if failed {
		c.failed(why)
	}
	c.cancelMedia()
	c.abort()
	c.leaveWhenIdle()
}

// failed tells that the create or the answer that made the connection failed.
func (c *Connection) failed(why Reason) {
	switch c.origin {
	case CreateOperation:
		c.call.publish(CreateCallFailed{c.head(c.originOp), why})
	case AnswerOperation:
		c.call.publish(AnswerFailed{c.head(c.originOp), why})
	}
}

// leaveWhenIdle publishes the last event once no operation is left.
func (c *Connection) leaveWhenIdle() {
	if c.leaving == nil || len(c.queue)+len(c.others)+len(c.expected) > 0 || c.state == Disconnected {
		return
	}
	c.enter(Disconnected)
	c.call.publish(CallDisconnected{c.head(c.originOp), *c.leaving})
	c.call.log.Info("connection closed", "connection", c.id, "why", c.leaving.Text)
	c.call.registry.closed(c)
	c.call.detailConnection(c)
	list := c.call.connections
	for i, other := range list {
		if other == c {
			c.call.connections = append(list[:i], list[i+1:]...)
			return
		}
	}
}
