package calltest

import (
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// Asked is a REFER that a leg was asked to carry out; the test says how it ends.
type Asked struct {
	Invitation call.Invitation
	Patience   time.Duration
	Told       func(call.Referral)
}

// TakesRefer lets the leg carry out transfers by itself and returns what it is asked.
func (l *Leg) TakesRefer() <-chan Asked {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refers == nil {
		l.refers = make(chan Asked, 64)
	}
	return l.refers
}

// Refer is the call asking the phone to call somebody else.
func (l *Leg) Refer(in call.Invitation, patience time.Duration, told func(call.Referral)) {
	l.mu.Lock()
	refers, ended := l.refers, l.ended
	if refers != nil && !ended {
		refers <- Asked{in, patience, told}
	}
	l.mu.Unlock()
	switch {
	case ended:
		told(call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Canceled}})
	case refers == nil:
		told(call.Referral{Outcome: call.ReferralDeclined})
	}
}

func (l *Leg) asked() <-chan Asked { l.mu.Lock(); defer l.mu.Unlock(); return l.refers }

// forgetRefers ends what nobody has taken, with the leg.
func (l *Leg) forgetRefers() {
	for {
		select {
		case asked := <-l.asked():
			asked.Told(call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Canceled}})
		default:
			return
		}
	}
}

// HandOver is the phone asking to be replaced, by somebody it names or by those
// whom it talks to on another leg. What it is told comes by the channel.
func (l *Leg) HandOver(want call.TransferWanted, other *Leg) <-chan call.Referral {
	told := make(chan call.Referral, 8)
	want.Tell = func(r call.Referral) { told <- r }
	if other != nil {
		want.Other = other.pass
	}
	l.tell(want)
	return told
}

// pass reports to whoever has the leg, while it lives.
func (l *Leg) pass(news call.Report) bool {
	l.mu.Lock() // held until it is told: the end comes after it, or before
	defer l.mu.Unlock()
	if l.ended || l.report == nil {
		return false
	}
	l.report(news)
	return true
}

// Decide ends the oldest REFER that nobody has taken, if there is one.
func (l *Leg) Decide(outcome call.ReferralOutcome) {
	select {
	case asked := <-l.asked():
		asked.Told(call.Referral{Outcome: outcome})
	default:
	}
}

// Forward is the phone sending a call on that it does not take (SIP's 302).
func (l *Leg) Forward(want call.ForwardWanted) {
	l.tell(want)
	l.Refuse(call.Failed, 302, "Moved Temporarily")
}
