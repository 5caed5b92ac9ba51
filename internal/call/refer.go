package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// transferPatience bounds how long the target of a transfer may take to answer
// (the platform's own bound).
const transferPatience = 60 * time.Second

// Referral is what came of a Refer.
type Referral struct {
	Outcome ReferralOutcome
	Reason  Reason // why it did not work
}

// ReferralOutcome tells what comes of a Refer.
type ReferralOutcome uint8

// The outcomes.
const (
	// ReferralDeclined: the far end was not asked, or refused to try. Nothing has
	// happened, and the target may be called another way.
	ReferralDeclined ReferralOutcome = iota
	// ReferralFailed: it tried, and the target did not take the call.
	ReferralFailed
	// ReferralRinging: the target is being told. Not an end; told of a
	// TransferWanted alone.
	ReferralRinging
	// ReferralAnswered: it says that it talks to the target now.
	ReferralAnswered
)

// refer lets the transferee call the target by itself, where it can. instead is
// done where it cannot; an error of it fails the transfer.
func (c *Connection) refer(op *operation, t Transfer, in Invitation, transferee *participant, instead func() error) {
	otherwise := func() {
		if err := instead(); err != nil {
			c.transferFailed(op, Reason{Kind: dialFailure(err), Text: err.Error()})
		}
	}
	leg, ok := transferee.endpoints()[0].leg.(Referring)
	if !ok || !c.leaves(t, transferee) {
		otherwise()
		return
	}
	release := c.call.keep() // for the outcome
	leg.Refer(in, transferPatience, func(r Referral) {
		if !c.call.post(func() {
			release()
			c.call.hold(in)
			c.referred(op, t, in, transferee, r, otherwise)
		}) {
			in.giveBack() // the call was given up
		}
	})
}

// leaves reports whether the transferee may leave us to talk to the target: both
// have their phone numbers elsewhere, the target is to see the transferee's, and
// no other application has this call in its hands.
func (c *Connection) leaves(t Transfer, transferee *participant) bool {
	return t.Target.Kind() == identifier.PhoneNumber && !c.call.registry.owns(t.Target) &&
		transferee.id.Kind() == identifier.PhoneNumber && t.forwarded && len(c.call.connections) == 1
}

// referred is the outcome of a REFER. The operation may have ended meanwhile.
func (c *Connection) referred(op *operation, t Transfer, in Invitation, transferee *participant, r Referral, otherwise func()) {
	pending := op.state != ended
	if !pending || r.Outcome != ReferralDeclined {
		in.giveBack() // the call is none of ours
	}
	if !pending {
		return
	}
	switch r.Outcome {
	case ReferralDeclined:
		c.call.log.Info("transferee does not call the target by itself", "why", r.Reason.words())
		otherwise()
	case ReferralFailed:
		c.transferFailed(op, r.Reason)
	case ReferralAnswered:
		c.handedOver(op, t, transferee)
	}
}

// handedOver is a transferee who talks to the target without us. In a call of
// two ends nobody is left; a group goes on.
func (c *Connection) handedOver(op *operation, t Transfer, transferee *participant) {
	why := Reason{Kind: EndedByApplication, Text: "the call was transferred"}
	over := c.call.kind.endsWhenOneLeaves()
	if over {
		c.enter(TransferAccepted)
	} else {
		c.transferOver() // of a call that has become a group meanwhile
	}
	op.end(CallTransferAccepted{op.head(), t.Target, transferee.id})
	if over {
		c.call.finish(why, c)
		return
	}
	for _, e := range transferee.endpoints() {
		c.call.withdraw(e)
		e.end(why)
	}
	c.call.goOn(Reason{Kind: EndedByPeer, Text: "the other participant was transferred"})
}

// transferOver lets the application control its call as before the transfer.
func (c *Connection) transferOver() {
	if c.state == Transferring {
		c.enter(Connected)
	}
}

// transferFailed leaves the call as it was.
func (c *Connection) transferFailed(op *operation, why Reason) {
	c.transferOver()
	op.end(CallTransferFailed{op.head(), why})
}
