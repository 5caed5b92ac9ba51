package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
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
		if err := c.call.registry.permit(&in); err != nil {
			return err
		}
		if c.call.group {
			return c.transferOut(t, in, transferee)
		}
		c.transfer(t, in, transferee)
		return nil
	})
}

// transferee finds who is handed over.
func (c *Connection) transferee(t Transfer) (*participant, error) {
	switch {
	case c.state != Connected:
		return nil, fault.Conflict("A transfer of this call is under way.").WithCode("8607")
	case c.call.group && t.Transferee.IsZero():
		return nil, fault.Invalid("transferee is required to transfer somebody out of a group.").WithCode("8523")
	case t.Transferee == c.self.id:
		return nil, fault.Invalid("An application cannot transfer itself (%s).", t.Transferee).WithCode("8523")
	}
	for _, p := range c.call.participants {
		if p.connected && p != c.self && (t.Transferee.IsZero() || p.id == t.Transferee) {
			return p, nil
		}
	}
	return nil, errParticipantNotFound(t.Transferee)
}

// transfer hands over the other end of a call of two.
func (c *Connection) transfer(t Transfer, in Invitation, transferee *participant) {
	op := c.expectTransfer(t)
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
	call.invite(in, call.registry.transferPatience(t.Target), &joining{
		up: func(*participant) {
			if c.state != Transferring {
				call.endIfDeserted(Reason{Kind: EndedByPeer, Text: "the application left during the transfer"})
				return
			}
			c.enter(TransferAccepted)
			c.settle(op, CallTransferAccepted{op.head(), t.Target, transferee.id})
			c.leave(Reason{Kind: EndedByApplication, Text: "the call was transferred"})
			call.unseat(c.self)
			call.tellRoster()
		},
		down: func(_ *participant, why Reason) {
			c.transferFailed(op, why)
			call.endIfDeserted(why) // all the others may have left meanwhile
		},
	})
}

// transferPatience is how long the target of a transfer may take to answer.
func (r *Registry) transferPatience(target identifier.ID) patience {
	wait := r.patience(target)
	return patience{min(wait.application, transferPatience), min(wait.phone, transferPatience)}
}

func (c *Connection) expectTransfer(t Transfer) *operation {
	return c.expect(TransferOperation, t.Target.Raw(), t.Context, func(op *operation) Event {
		return CallTransferFailed{op.head(), Reason{Kind: Canceled, Text: "the call ended"}}
	})
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
			in.Identities = transferee.identities
		}
	}
	return in
}
