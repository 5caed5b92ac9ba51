package call

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// transferPatience bounds how long the target of a transfer may take to answer
// (the platform's own bound).
const transferPatience = 60 * time.Second

// Referring is a leg whose far end may be asked to call somebody else by itself
// and to leave us (SIP's REFER). Not every leg is one.
type Referring interface {
	// Refer asks the far end to call in.To, and waits for the outcome for as long
	// as patience. It returns at once; told hears exactly once what came of it
	// in the end, from any goroutine, and must not block.
	Refer(in Invitation, patience time.Duration, told func(Referral))
}

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
	leg, ok := transferee.leg.(Referring)
	if !ok || !c.leaves(t, transferee) {
		otherwise()
		return
	}
	c.call.dialling++ // the call's goroutine stays for the outcome
	leg.Refer(in, transferPatience, func(r Referral) {
		c.call.post(func() {
			c.call.dialling--
			c.referred(op, t, in, transferee, r, otherwise)
		})
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
	pending := slices.Contains(c.expected, op)
	if !pending || r.Outcome != ReferralDeclined {
		in.giveBack() // the call is none of ours
	}
	if !pending {
		return
	}
	switch r.Outcome {
	case ReferralDeclined:
		c.call.log.Info("transferee does not call the target by itself", "why", r.Reason.Text)
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
	grouped := c.call.group
	if !grouped {
		c.enter(TransferAccepted)
	}
	c.settle(op, CallTransferAccepted{op.head(), t.Target, transferee.id})
	if !grouped {
		c.call.finish(why, c)
		return
	}
	c.call.unseat(transferee)
	transferee.end(why)
	if c.call.deserted() {
		c.call.finish(Reason{Kind: EndedByPeer, Text: "the other participant was transferred"}, nil)
		return
	}
	c.call.tellRoster()
}

// transferFailed leaves the call as it was.
func (c *Connection) transferFailed(op *operation, why Reason) {
	if c.state == Transferring {
		c.enter(Connected)
	}
	c.settle(op, CallTransferFailed{op.head(), why})
}
