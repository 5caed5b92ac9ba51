package sip

import "github.com/switchhook/switchhook/internal/call"

// hold is whether the peer has put us on hold, as the call was told of it:
//
//	active ⇄ held
type hold uint8

const (
	notHeld hold = iota
	heldByPeer
)

// negotiatedHold is what offer and answer say: who does not want to hear us holds us.
func (l *leg) negotiatedHold() hold {
	if l.media.agreed.Send {
		return notHeld
	}
	return heldByPeer
}

// reportHold reports hold, once a change of it is settled.
func (l *leg) reportHold() {
	if now := l.negotiatedHold(); l.phase == up && now != l.hold {
		l.hold = now
		l.reports.report(call.HoldChanged{Held: now == heldByPeer})
	}
}
