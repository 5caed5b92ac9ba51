package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// inbound is the server side of a leg's INVITE, until the leg is up.
type inbound struct {
	request    *sip.Request
	tx         *transaction.Server
	offer      *sdp.Session // nil where our 200 makes the offer and the ACK answers
	invitation call.Invitation
	stage      inboundStage
	reliable   *reliableResponse // the last 180 or 183, where the caller requires its delivery
	refused    call.Status
}

// inboundStage is how far the answer to a caller has come:
//
//	proceeding → alerting → decided
//	proceeding            → decided
//
// proceeding is after our 100, alerting after our 180; decided is that the
// application has answered or refused, and not that the caller canceled the call.
type inboundStage uint8

const (
	inboundProceeding inboundStage = iota
	inboundAlerting
	inboundDecided
)

// ringDelay is how long a 180 may wait for an answer that makes it needless: an application
// answers within milliseconds, and nobody hears that ringing begins so much later. 100 comes
// by itself where nothing is sent for 150 ms.
const ringDelay = 100 * time.Millisecond

// ring sends 180, once, unless the call is answered at once.
func (l *leg) ring() {
	switch {
	case !l.mayRing() || l.timers.isRunning(timerRing):
	case header.HasToken(l.in.request, "Require", "100rel"):
		l.sendRinging() // what must be acknowledged before an answer begins early
	default:
		l.timers.start(timerRing, ringDelay)
	}
}

// mayRing reports whether a 180 would tell the caller something. Who hears the callee must
// not hear ringing over it.
func (l *leg) mayRing() bool {
	return l.phase == early && l.in != nil && l.in.stage == inboundProceeding && l.earlyMedia != earlyMediaOpen
}

// sendRinging sends 180.
func (l *leg) sendRinging() {
	if !l.mayRing() {
		return
	}
	l.in.stage = inboundAlerting
	response := transaction.Response(l.in.request, sip.StatusRinging, "Ringing")
	response.AppendHeader(&sip.ContactHeader{Address: *l.dialog.contact.Clone()})
	if header.HasToken(l.in.request, "Require", "100rel") {
		l.ringReliably(response)
		return
	}
	l.server.send(response, l.in.tx)
}

// accept sends 200. The leg is up when the ACK comes.
func (l *leg) accept() {
	if l.phase != early || l.in == nil {
		return
	}
	l.timers.stop(timerRing)
	l.countDecision()
	if l.awaitsPRACK() {
		return
	}
	if r := l.in.reliable; r != nil && r.sdp != sdpNone { // offer and answer are settled
		l.phase = accepting
		l.answerInvite(l.in.request, l.in.tx, nil, false)
		return
	}
	body, err := l.reply(l.in.offer)
	if err != nil { // checks let it pass before; the trunk or the free ports may have changed since
		why := call.Reason{Kind: whyNotAnswered(err), Text: err.Error()}
		l.log.Warn("call not answered", "error", err)
		l.refuse(refusalFor(why, l.server))
		why.SIP = l.in.refused
		l.reports.end(why)
		return
	}
	l.phase = accepting
	l.answerInvite(l.in.request, l.in.tx, body, l.in.offer == nil)
}

// countDecision counts, once, a call that was answered or refused by whom it was
// for: that rate is what overload control lets in.
func (l *leg) countDecision() {
	if l.in.stage != inboundDecided {
		l.in.stage = inboundDecided
		l.server.gate.Admission.NoteHandled(time.Now())
	}
}

// cancelReceived takes the CANCEL of an INVITE that we have not answered; the transaction
// answers 200 and 487.
func (l *leg) cancelReceived(cancel *sip.Request) {
	if l.phase != early && l.phase != accepting || l.in == nil {
		return
	}
	why := call.Reason{Kind: call.Canceled, Text: "the caller canceled the call", SIP: call.Status{Code: sip.StatusRequestTerminated, Phrase: "Request Terminated"}}
	_, why.Q850 = reasonsIn(cancel)
	l.reports.end(why)
	l.phase = over
}

// invitationExpired refuses a call whose caller wanted to wait no longer, as its Expires
// says (RFC 3261 §13.3.1).
func (l *leg) invitationExpired() {
	if l.phase != early || l.in == nil {
		return
	}
	l.refuse(refusal{status: call.Status{Code: sip.StatusRequestTerminated, Phrase: "Request Terminated"}})
	l.reports.end(call.Reason{Kind: call.Canceled, Text: "the caller's invitation expired", SIP: l.in.refused})
}

// callerConnectionLost takes the end of the INVITE's transaction; before an answer
// it means that the caller's connection broke.
func (l *leg) callerConnectionLost(err error) {
	if l.phase != early {
		return
	}
	l.log.Debug("connection to the caller closed before the answer", "error", err)
	l.reports.end(call.Reason{Kind: call.Vanished, Text: "the connection to the caller broke"})
	l.phase = over
}

// refuse answers the INVITE with a failure. The transaction repeats it until
// its ACK.
func (l *leg) refuse(r refusal) {
	if l.phase != early {
		return
	}
	l.in.refused = r.status
	l.server.respond(l.in.request, l.in.tx, r.status.Code, r.status.Phrase, r.headers...)
	l.phase = over
}
