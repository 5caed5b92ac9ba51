package call

import (
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TransferWanted says that the far end of a leg wants whoever it talks to to talk
// to somebody else instead (SIP's REFER, RFC 5589).
type TransferWanted struct {
	// To is who shall take the leg's place; zero with Other.
	To         identifier.ID
	SIPHeaders map[string]string
	// Free permits only targets that cost nobody money: our numbers and identities.
	Free bool
	// CallerID is the caller id of the credential by which a user's telephone asks;
	// zero: it may bring in no number elsewhere.
	CallerID identifier.ID
	IssuedBy string // who issued that credential, or the token of a client, as package permit names askers
	// Other reports to the participant of another leg of the same far end: those
	// whom it talks to there take the leg's place, and the other way round. It
	// returns false where that leg is over.
	Other func(Report) bool
	// Tell hears how it goes: ReferralRinging any number of times, then one of the
	// others. It must not block. Where the call ends first it hears nothing more.
	Tell func(Referral)
}

func (TransferWanted) report() {}

// wantsTransfer takes the wish of a phone to leave the call to somebody else.
func (e *endpoint) wantsTransfer(want TransferWanted) {
	c := e.call
	c.log.Info("phone hands its call over", "participant", e.id, "to", want.To, "attended", want.Other != nil)
	switch {
	case e.stage != present || c.ended, c.echo != nil:
		want.Tell(Referral{ReferralDeclined, Reason{Kind: Declined, Text: "the phone is not in a call that it could hand over"}})
	case want.Other != nil && c.kind == room:
		want.Tell(Referral{ReferralDeclined, Reason{Kind: Forbidden, Text: "the call of a room is not joined with another"}})
	case want.Other != nil:
		c.offerPipe(e, want)
	default:
		if err := c.replace(e, want); err != nil {
			e.refused(want.To, err)
			want.Tell(Referral{ReferralFailed, Reason{Kind: dialFailure(err), Text: err.Error()}})
		}
	}
}

// mayHandOver decides whether a phone may bring somebody into its call at our
// expense, and takes the permission.
func (c *Call) mayHandOver(in *Invitation, want TransferWanted) error {
	if want.Free && c.registry.leavesUs(in.To) {
		return fault.Forbidden("a phone of this trunk may hand calls over to numbers and identities of this resource alone")
	}
	return c.permit(in, c.registry.permitSuccessor)
}

// replace calls somebody in, who takes the place of a phone once he has answered.
func (c *Call) replace(e *endpoint, want TransferWanted) error {
	in := c.passedOn(e)
	in.To, in.SIPHeaders, in.CallerID, in.IssuedBy = c.registry.normal(want.To), want.SIPHeaders, want.CallerID, want.IssuedBy
	if !e.mayManage() {
		return fault.Forbidden("a %s may not invite others, in its place either", e.role)
	}
	if err := c.mayBeInvited(in.To); err != nil {
		return err
	}
	if err := c.checkAbsent(in.To); err != nil {
		return err
	}
	if err := checkTarget(in.To, in.From, c.registry.cfg.Resource); err != nil {
		return err
	}
	if err := c.mayHandOver(&in, want); err != nil {
		return err
	}
	transferee := c.opposite(e)
	e.enter(handingOver)
	c.invite(in, c.registry.transferPatience(in.To), &join{
		ringing: func() { want.Tell(Referral{Outcome: ReferralRinging}) },
		up: func(target *endpoint) {
			c.replaced(e, want)
			transferee.handedTo(target)
		},
		down: func(_ *endpoint, why Reason) {
			e.stay()
			want.Tell(Referral{ReferralFailed, why})
			c.endIfDeserted(Reason{Kind: EndedByPeer, Phone: true, Inbound: e.inbound, Text: "the phone left its call to somebody who did not take it"})
		},
	})
	return nil
}

// replaced lets a phone go whose place somebody has taken. It may have left by
// itself before.
func (c *Call) replaced(e *endpoint, want TransferWanted) {
	want.Tell(Referral{Outcome: ReferralAnswered})
	if e.stage == handingOver {
		c.withdraw(e)
		e.end(Reason{Kind: EndedByPeer, Text: "the phone handed its call over"})
	}
	c.tellRoster()
	c.limitDuration()
}

// handedTo tells a participant to whom it was transferred; nil is nobody.
func (p *participant) handedTo(target *endpoint) {
	if p == nil || target == nil {
		return
	}
	for _, e := range p.endpoints() {
		if follower, ok := e.leg.(TransferFollower); ok {
			follower.FollowTransfer(target.id)
		}
	}
}

// stay keeps a phone in the call whose place nobody takes, if it has not left.
func (e *endpoint) stay() {
	if e.stage == handingOver {
		e.enter(present)
	}
}

// passedOn is whoever a phone talks to, as a caller of somebody else: his number
// where he is one phone, else the number of ours that the phone is connected by.
func (c *Call) passedOn(e *endpoint) Invitation {
	in := Invitation{From: e.line, Added: true}
	if e.id.Kind() == identifier.CommunicationUser { // a telephone of a user asks in his name
		in.By = e.id.Raw()
	}
	if other := c.opposite(e); other != nil && (other.id.Kind() == identifier.PhoneNumber || in.From.IsZero()) {
		in.From, in.DisplayName, in.Forwarded = other.id, other.name, true
		if !e.line.IsZero() {
			in.Diverted = []identifier.ID{e.line}
		}
	}
	if in.From.IsZero() {
		in.From, in.Forwarded = e.id, true
	}
	return in
}

// opposite is the only other participant of a call, or nil.
func (c *Call) opposite(e *endpoint) (found *participant) {
	for _, other := range c.listed() {
		if other == e.who {
			continue
		}
		if found != nil {
			return nil
		}
		found = other
	}
	return found
}
