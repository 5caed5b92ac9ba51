package call

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Connect gives an application control of a call that goes on, without making
// it a participant. A call that is over is told by ConnectFailed, and so is a
// group or a room: nobody is in it who called by its name.
func (r *Registry) Connect(ctx context.Context, to Locator, control Control) (Properties, error) {
	if err := to.check(); err != nil {
		return Properties{}, err
	}
	c := r.find(to)
	if c == nil {
		return r.connectNowhere(to, control), nil
	}
	p, err := ask(ctx, c, func() (Properties, error) {
		if c.ended || c.deserted() {
			return Properties{}, errCallOver()
		}
		return c.connect(control), nil
	})
	if fault.Of(err).Kind == fault.KindNotFound {
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
	p := Properties{ID: r.newConnectionID(), ServerCallID: to.ServerCallID, CorrelationID: newID(), CallbackURI: control.CallbackURI}
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
	conn := c.open(control, ConnectOperation, self, made)
	c.joinApplication(self)
	conn.connected()
	c.rosterVersion++
	c.publish(ParticipantsUpdated{Head: conn.head(Operation{}), Participants: c.roster(), Sequence: c.rosterVersion})
	return conn.made
}
