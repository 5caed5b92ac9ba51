package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Transfer is a call that its application hands over.
type Transfer struct {
	Target      identifier.ID
	Transferee  identifier.ID // zero: the only other participant
	CallerID    identifier.ID // what the target sees; zero: the transferee's number
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
	By          string // who asks, as package permit names askers
	Context     Context

	forwarded bool // CallerID is the transferee's
}

// Transfer calls the target, and leaves the transferee alone with it once it has
// answered. A transfer that fails leaves the call as it is.
func (c *Connection) Transfer(ctx context.Context, t Transfer) error {
	return c.whenConnected(ctx, func() error {
		t.Target = c.call.registry.normal(t.Target)
		transferee, err := c.transferee(t)
		if err != nil {
			return err
		}
		if t.CallerID.IsZero() && transferee.id.Kind() == identifier.PhoneNumber {
			t.CallerID, t.forwarded = transferee.id, true
		}
		if t.CallerID.IsZero() && t.Target.Kind() == identifier.PhoneNumber && !c.made.CallerID.IsZero() {
			t.CallerID = c.made.CallerID
		}
		if err := checkTarget(t.Target, t.CallerID, c.call.registry.cfg.Resource); err != nil {
			return err
		}
		in := c.transferInvitation(t, transferee)
		if err := c.call.permit(&in, c.call.registry.permit); err != nil {
			return err
		}
		if !c.call.kind.endsWhenOneLeaves() {
			return c.transferOut(t, in, transferee)
		}
		c.transfer(t, in, transferee)
		return nil
	})
}

// transferee finds who is handed over: the only other participant of a group, where none is named.
func (c *Connection) transferee(t Transfer) (*participant, error) {
	switch {
	case c.state != Connected:
		return nil, TransferUnderWay.because("A transfer of this call is under way.")
	case t.Transferee == c.self.id:
		return nil, Itself.because("An application cannot transfer itself (%s).", t.Transferee)
	case !t.Transferee.IsZero():
		return c.call.named(t.Transferee)
	}
	var only *participant
	for _, p := range c.call.listed() {
		switch {
		case p.is(c):
		case only == nil:
			only = p
		case !c.call.kind.endsWhenOneLeaves():
			return nil, TransfereeMissing.because("Several others are in the group: who is transferred has to be named.")
		}
	}
	if only == nil {
		return nil, ParticipantMissing.because("Nobody is in the call who could be transferred.")
	}
	return only, nil
}

// transfer hands over the other end of a call of two.
func (c *Connection) transfer(t Transfer, in Invitation, transferee *participant) {
	op := c.beginTransfer(t)
	c.enter(Transferring)
	c.refer(op, t, in, transferee, func() error {
		c.bring(op, t, in, transferee)
		return nil
	})
}

// bring calls the target into the call, and lets the application leave once it
// has answered.
func (c *Connection) bring(op *operation, t Transfer, in Invitation, transferee *participant) {
	call := c.call
	call.invite(in, call.registry.transferPatience(t.Target), &join{
		up: func(target *endpoint) {
			call.letStay(target)
			if c.state != Transferring {
				call.endIfDeserted(Reason{Kind: EndedByPeer, Text: "the application left during the transfer"})
				return
			}
			c.enter(TransferAccepted)
			op.end(CallTransferAccepted{op.head(), t.Target, transferee.id})
			c.close(Reason{Kind: EndedByApplication, Text: "the call was transferred"})
			call.withdraw(c.self)
			call.tellRoster()
			transferee.handedTo(target)
		},
		down: func(_ *endpoint, why Reason) {
			c.transferFailed(op, why)
			call.notCome(why) // all the others may have left meanwhile
		},
	})
}

// transferPatience is how long the target of a transfer may take to answer.
func (r *Registry) transferPatience(target identifier.ID) patience {
	wait := r.patience(target)
	return patience{min(wait.application, transferPatience), min(wait.phone, transferPatience)}
}

func (c *Connection) beginTransfer(t Transfer) *operation {
	return c.begin(work{kind: TransferOperation, what: t.Context, who: t.Target})
}

// ownNumber is the number by which the others reached the application, or that they saw; nil
// where there is none.
func (c *Connection) ownNumber() []identifier.ID {
	for _, id := range []identifier.ID{c.made.AnsweredFor, c.made.CallerID} {
		if id.Kind() == identifier.PhoneNumber {
			return []identifier.ID{id}
		}
	}
	return nil
}

// transferInvitation is the transferee calling the target, under the name that it
// has; under the application's, where that shows a number of its own.
func (c *Connection) transferInvitation(t Transfer, transferee *participant) Invitation {
	in := Invitation{From: transferee.id, To: t.Target, DisplayName: transferee.name, SIPHeaders: t.SIPHeaders, VoIPHeaders: t.VoIPHeaders, Added: true, By: t.By}
	if t.Target.Kind() == identifier.PhoneNumber {
		in.From, in.Forwarded = t.CallerID, t.forwarded
		if !t.forwarded {
			in.DisplayName = c.self.name
		}
		if t.forwarded {
			in.Identities = transferee.endpoints()[0].identities
			in.Diverted = c.ownNumber()
		}
	}
	return in
}
