package call

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// maxConnections bounds the connections to a call: each is told of everything, and has a
// place in the mix.
const maxConnections = 100

// Connect gives an application control of a call that goes on, without making
// it a participant. ConnectFailed tells of a call that is over, and of a group or a
// room that nobody is in.
func (r *Registry) Connect(ctx context.Context, to Locator, control Control) (Properties, error) {
	c, err := r.Find(to)
	switch {
	case errors.Is(err, CallOver):
		return r.connectNowhere(to, control), nil
	case err != nil:
		return Properties{}, err
	}
	p, err := ask(ctx, c, func() (Properties, error) {
		switch {
		case c.ended || c.deserted():
			return Properties{}, errCallOver()
		case len(c.connections) >= maxConnections:
			return Properties{}, fault.Throttled(5*time.Second, "%d connections control the call already, as many as are possible.", maxConnections).WithCode("8516")
		}
		return c.connect(control), nil
	})
	if errors.Is(err, CallOver) {
		return r.connectNowhere(to, control), nil
	}
	return p, err
}

// connectNowhere accepts a connection to a call that is not there: ACS tells of
// its failure by an event.
func (r *Registry) connectNowhere(to Locator, control Control) Properties {
	if to.ServerCallID == "" {
		to.ServerCallID = newServerCallID() // each connection has one
	}
	p := Properties{ID: r.newConnectionID(), ServerCallID: to.ServerCallID, CorrelationID: newID(), CallbackURI: control.CallbackURI, StreamID: newID()}
	p.Source = identifier.NewUser(r.cfg.Resource)
	head := Head{
		Connection: p.ID, ServerCallID: p.ServerCallID, CorrelationID: p.CorrelationID, Control: control, At: time.Now(),
		Operation: Operation{ID: p.ID, Kind: ConnectOperation, Context: control.Context},
	}
	r.cfg.Publisher.Publish(ConnectionOpened{head})
	r.cfg.Publisher.Publish(ConnectFailed{head, Reason{Kind: NoSuchCall, Text: "Call not found"}})
	r.log.Info("connection to a call that is not there",
		"connection", p.ID, "call", p.ServerCallID, "group", to.GroupCallID, "room", to.RoomID)
	return p
}

func (c *Call) connect(control Control) Properties {
	self := c.newApplication(identifier.NewUser(c.registry.cfg.Resource), inControl)
	made := Properties{Source: self.id}
	for _, p := range c.roster() {
		made.Targets = append(made.Targets, p.ID)
	}
	c.connectedTo = true
	conn := c.open(control, ConnectOperation, self, made)
	c.joinApplication(self)
	conn.connected()
	c.rosterVersion++
	c.publish(ParticipantsUpdated{Head: conn.head(Operation{}), Participants: c.roster(), Sequence: c.rosterVersion})
	return conn.made
}
