package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// transfer lets the other talk to somebody else.
func (l *leg) transfer(m *protocol.CallTransfer, answer func(protocol.Message)) {
	if m.ToCall != "" {
		l.joinCalls(m, answer)
		return
	}
	if !l.mayInvite() {
		answer(refusal(protocol.ReasonForbidden, 403, 0, onlyJoins))
		return
	}
	to, err := identifier.Parse(m.To)
	if err == nil {
		var sip map[string]string
		if sip, _, err = l.client.headers(m.CustomContext); err == nil {
			l.handOver(call.TransferWanted{To: to, SIPHeaders: sip, CallerID: l.callerID, IssuedBy: l.client.session.IssuedBy()}, func() {}, answer)
			return
		}
	}
	answer(refusal(protocol.ReasonMalformed, 400, 0, err.Error()))
}

// joinCalls lets those of two calls of the client go on without it (RFC 5589 §7: attended).
func (l *leg) joinCalls(m *protocol.CallTransfer, answer func(protocol.Message)) {
	l.client.mu.Lock()
	other := l.client.legs[m.ToCall]
	l.client.mu.Unlock()
	switch {
	case m.To != "" || m.ToCall == l.id:
		answer(refusal(protocol.ReasonMalformed, 400, 0, "exactly one of to and toCall is required, and toCall is another call"))
		return
	case other == nil:
		answer(refusal(protocol.ReasonNoSuchCall, 404, 0, "the client has no call toCall"))
		return
	}
	// The other call may end as soon as it is asked: it has to know why before.
	other.setMoving(true)
	l.handOver(call.TransferWanted{Other: other.tell.say}, func() { other.setMoving(false) }, answer)
}

// setMoving notes that the client's transfer succeeds, or that it does not after all.
func (l *leg) setMoving(moving bool) {
	l.mu.Lock()
	switch {
	case moving && l.parting == stays:
		l.parting = moves
	case !moving && l.parting == moves:
		l.parting = stays
	}
	l.mu.Unlock()
}

// handOver asks for the transfer, and tells how it goes; failed hears that nothing came of
// it.
func (l *leg) handOver(want call.TransferWanted, failed func(), answer func(protocol.Message)) {
	tell := func(state protocol.TransferState, why call.Reason) {
		m := &protocol.CallTransferChanged{Call: l.id, State: state}
		if state == protocol.TransferStateFailed {
			m.Code, m.SubCode = endCodes(why, false)
		}
		l.send(m)
	}
	want.Tell = func(r call.Referral) {
		switch r.Outcome {
		case call.ReferralRinging:
			tell(protocol.TransferStateTransferring, r.Reason)
		case call.ReferralAnswered:
			l.setMoving(true)
			tell(protocol.TransferStateTransferred, r.Reason)
		default:
			failed()
			tell(protocol.TransferStateFailed, r.Reason)
		}
	}
	if !l.tell.say(want) {
		failed()
		answer(refusal(protocol.ReasonNoSuchCall, 404, 0, "the call is over"))
		return
	}
	answer(&protocol.OK{})
}

// FollowTransfer tells the client to whom the other has handed it over.
func (l *leg) FollowTransfer(to identifier.ID) {
	l.send(&protocol.CallTransferred{Call: l.id, To: to.Raw()})
}
