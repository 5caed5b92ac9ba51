package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

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
	if err := r.cfg.Permit.Takes(in.To.Number()); err != nil {
		return nil, err
	}
	c, err := r.start()
	if err != nil {
		return nil, err
	}
	caller := &participant{id: in.From, call: c, inbound: true, leg: leg, began: time.Now(), identities: in.Identities}
	told := make(chan int, 1)
	c.post(func() { told <- c.arrived(caller, in) })
	if <-told == 0 {
		return nil, fault.Precondition("no Event Grid subscription takes IncomingCall for %s, and no telephone of theirs is registered", in.To)
	}
	return caller.report, nil
}

// arrived makes the caller a participant on the way in.
func (c *Call) arrived(caller *participant, in Invitation) (listeners int) {
	listeners = c.ringCaller(caller, in)
	if listeners == 0 { // the leg stays with whoever brought it
		c.log.Warn("call dropped: no subscription takes it", "from", in.From, "to", in.To)
		c.finish(Reason{Kind: NoListener}, nil)
		return 0
	}
	c.participants = append(c.participants, caller)
	caller.name = in.DisplayName
	if c.registry.owns(in.To) {
		caller.line = in.To
	}
	c.record.startedBy = in.From
	caller.joining = &joining{down: func(_ *participant, why Reason) { c.finish(why, nil) }}
	c.log.Info("call arrived", "from", in.From, "to", in.To, "listeners", listeners)
	caller.leg.Ring()
	return listeners
}

// ringCaller lets a caller on a wire ring for whoever takes in.To.
func (c *Call) ringCaller(caller *participant, in Invitation) (listeners int) {
	return c.ringFor(&ring{
		invitation: in,
		taken: func(by identifier.ID, control Control) Properties {
			conn := c.openAnswer(in, by, control)
			caller.joining.up = func(*participant) { c.bringUp(conn) }
			caller.leg.Answer() // CallConnected follows when the caller has confirmed
			return conn.made
		},
		picked:     func(*participant) { c.answerCaller(caller) },
		redirected: func(in Invitation, called identifier.ID) { c.redirectCaller(caller, in, called) },
		failed:     func(why Reason) { c.finish(why, nil) },
	}, c.registry.patience(in.To))
}

// bringUp connects an application to a call that has somebody else in it.
func (c *Call) bringUp(conn *Connection) {
	c.seat(conn.self)
	c.bounded()
	conn.connected()
	c.tellRoster()
}

// seat makes an application's end heard, and listed unless it only controls.
func (c *Call) seat(self *participant) {
	self.connected = !self.hidden
	if self.member == nil {
		self.member = c.sound().Join(self.app)
		self.ear.to(self.member)
	}
	c.came(self)
}

// newApplication makes the participant that an application is.
func (c *Call) newApplication(id identifier.ID) *participant {
	p := &participant{id: id, call: c, app: &application{}}
	c.participants = append(c.participants, p)
	return p
}
