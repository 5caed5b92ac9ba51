package call

import (
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Announcer tells the world of a call that waits for an answer. It returns how
// many listeners it will tell; it only queues.
type Announcer interface {
	IncomingCall(IncomingCall) (listeners int)
}

// IncomingCall is a call that rings for an application.
type IncomingCall struct {
	Invitation
	Context       string // what an application answers, rejects or redirects with
	ServerCallID  string
	CorrelationID string
	At            time.Time
}

// Incoming takes a call that arrived on a leg for one of our numbers, and lets
// it ring for an application. The leg's reports go to the function returned.
// The fault says why a call is not taken: NotFound, the number is not ours;
// Precondition, nobody listens for it; Busy, no calls are taken now.
func (r *Registry) Incoming(in Invitation, leg Leg) (report func(Report), err error) {
	if r.echoes(in.To) {
		return r.takeEcho(in, leg)
	}
	if in.From.Kind() == identifier.CommunicationUser { // trunks can call in the name of no user
		return r.fromUser(in, leg)
	}
	if !r.owns(in.To) {
		return nil, fault.NotFound("the number %s is not owned by this resource", in.To)
	}
	return r.ringIn(in, leg)
}

// ringIn lets a call ring for whoever takes in.To.
func (r *Registry) ringIn(in Invitation, leg Leg) (report func(Report), err error) {
	if err := r.cfg.Permit.Inbound(in.To.Number()); err != nil {
		return nil, err
	}
	caller := newCaller(in, leg)
	listeners, err := start(r, func(c *Call) int { return c.ringForCaller(caller, in) })
	switch {
	case err != nil:
		return nil, err
	case listeners == 0:
		return nil, fault.Precondition("no Event Grid subscription takes IncomingCall for %s, and no telephone of theirs is registered", in.To)
	}
	return caller.report, nil
}

// newCaller is the endpoint of who calls us on a leg.
func newCaller(in Invitation, leg Leg) *endpoint {
	caller := &endpoint{id: in.From, inbound: true, leg: leg, name: in.DisplayName, identities: in.Identities, began: time.Now()}
	if _, own := leg.(*hairpin); own {
		caller.place = onOwnNumber
	}
	return caller
}

// ringForCaller lets a call that has just come ring.
func (c *Call) ringForCaller(caller *endpoint, in Invitation) (listeners int) {
	caller.call = c
	c.detailInvitation(in)
	caller.step(LegCame)
	listeners = c.ringCaller(caller, in)
	if listeners == 0 { // the leg stays with whoever brought it
		c.registry.dropped.write(c.log, "from", in.From, "to", in.To)
		c.finish(Reason{Kind: NoListener}, nil)
		return 0
	}
	c.endpoints = append(c.endpoints, caller)
	if c.registry.owns(in.To) {
		caller.line = in.To
	}
	c.record.startedBy = in.From
	caller.join = &join{down: endsItsCall}
	c.info("call arrived", slog.String("from", in.From.Raw()), slog.String("to", in.To.Raw()), slog.Int("listeners", listeners))
	caller.leg.Ring()
	return listeners
}

// ringCaller lets a caller on a wire ring for whoever takes in.To.
func (c *Call) ringCaller(caller *endpoint, in Invitation) (listeners int) {
	return c.ringFor(&ring{invitation: in, outcome: waitingCaller{caller}}, c.registry.patience(in.To))
}

// bringUp connects an application to a call that has somebody else in it.
func (c *Call) bringUp(conn *Connection) {
	c.joinApplication(conn.self)
	c.limitDuration()
	conn.connected()
	c.tellRoster()
}

// newApplication makes the endpoint that an application is.
func (c *Call) newApplication(id identifier.ID, place place) *endpoint {
	e := &endpoint{id: id, call: c, place: place, app: &application{}, began: time.Now()}
	c.endpoints = append(c.endpoints, e)
	return e
}
