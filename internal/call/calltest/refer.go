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
	l.refers = make(chan Asked, 4)
	return l.refers
}

// Refer is the call asking the phone to call somebody else.
func (l *Leg) Refer(in call.Invitation, patience time.Duration, told func(call.Referral)) {
	l.mu.Lock()
	refers := l.refers
	l.mu.Unlock()
	if refers == nil {
		told(call.Referral{Outcome: call.ReferralDeclined})
		return
	}
	refers <- Asked{in, patience, told}
}
