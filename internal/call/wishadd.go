package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// AddWish invites somebody into the call of the endpoint that asks. A call of two
// becomes a group.
type AddWish struct {
	Who         identifier.ID
	CallerID    identifier.ID // the number of ours that a phone number sees
	IssuedBy    string        // who made the client's token, as package permit names askers
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
	// Follow hears how it goes: ReferralRinging any number of times, then ReferralAnswered
	// or ReferralFailed, unless the call ends first. It must not block.
	Follow func(Referral)
}

func (w AddWish) grant(e *endpoint) error {
	c := e.call
	who := c.registry.normal(w.Who)
	phone := who.Kind() == identifier.PhoneNumber
	if !e.mayManage() {
		return fault.Forbidden("a %s may not invite others", e.role)
	}
	if err := c.mayBeInvited(who); err != nil {
		return err
	}
	if err := c.checkAbsent(who); err != nil {
		return err
	}
	if len(c.invitations)+c.arriving() >= maxInvitations {
		return fault.Busy(5*time.Second, "%d people are being invited into this call already", maxInvitations)
	}
	if err := checkTarget(who, w.CallerID, c.registry.cfg.Resource); err != nil {
		return err
	}
	if err := c.roomFor(1); err != nil {
		return err
	}
	in := Invitation{
		From: e.id, To: who, DisplayName: e.name, SIPHeaders: w.SIPHeaders, VoIPHeaders: w.VoIPHeaders,
		Added: true, By: e.id.Raw(), CallerID: w.CallerID, IssuedBy: w.IssuedBy,
	}
	if phone {
		in.From = w.CallerID
	}
	if err := c.permit(&in, c.registry.permitFurther); err != nil {
		return err
	}
	c.becomeGroup()
	c.expect(in, c.registry.patience(who), &join{
		ringing: func() { w.Follow(Referral{Outcome: ReferralRinging}) },
		up: func(*endpoint) {
			w.Follow(Referral{Outcome: ReferralAnswered})
			c.tellRoster()
		},
		down: func(_ *endpoint, why Reason) {
			w.Follow(Referral{ReferralFailed, why})
			c.notCome(why)
		},
	})
	return nil
}

// arriving counts who is on the way in.
func (c *Call) arriving() (n int) {
	for _, e := range c.endpoints {
		if e.join != nil {
			n++
		}
	}
	return n
}

// errNoDialOut is a room from which phone numbers may not be called.
func errNoDialOut() error {
	return DialOutOff.because("The room does not permit calls to phone numbers: pstnDialOutEnabled is off.")
}
