package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// request takes a request of the peer's inside the dialog.
func (l *leg) request(request *sip.Request, tx *transaction.Server) {
	s, cseq := l.server, request.CSeq().SeqNo
	fromTag, _ := request.From().Params.Get("tag")
	switch {
	case l.phase == over, l.dialog.remoteTag != "" && fromTag != l.dialog.remoteTag,
		l.phase == ending && request.Method != sip.BYE:
		s.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	case cseq < l.dialog.remoteSeq: // RFC 3261 §12.2.2
		s.respond(request, tx, sip.StatusInternalServerError, "CSeq Out Of Order")
		return
	}
	if s.badExtension(request, tx) {
		return
	}
	l.dialog.remoteSeq = cseq
	l.heardFrom(request)
	l.learnAllow(request)
	switch request.Method {
	case sip.BYE:
		l.byeReceived(request, tx)
	case sip.INVITE:
		l.reinviteReceived(request, tx)
	case sip.UPDATE:
		l.updateReceived(request, tx)
	case sip.PRACK:
		l.prackReceived(request, tx)
	case sip.INFO:
		l.infoReceived(request, tx)
	case sip.OPTIONS:
		s.options(request, tx, l.terms)
	case sip.REFER:
		l.referReceived(request, tx)
	case sip.NOTIFY:
		l.notifyReceived(request, tx)
	default:
		s.notAllowed(request, tx, l.terms)
	}
}

// byeReceived takes the peer's BYE. It may overtake the ACK, cross our own BYE, or come
// instead of a CANCEL (RFC 3261 §15).
func (l *leg) byeReceived(request *sip.Request, tx *transaction.Server) {
	if l.phase == early && l.out != nil {
		l.server.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	l.server.respond(request, tx, sip.StatusOK, "OK")
	l.server.completed.note(request, time.Now())
	tx.Terminate() // repeated answers a repeated BYE
	l.reportOutcome(call.Referral{Outcome: call.ReferralFailed, Reason: hungUpDuringTransfer})
	why := call.Reason{Kind: call.EndedByPeer, Text: "the phone hung up"}
	why.SIP, why.Q850 = reasonsIn(request)
	if l.phase == early {
		l.server.respond(l.in.request, l.in.tx, sip.StatusRequestTerminated, "Request Terminated")
		why.Kind, why.Text = call.Canceled, "the caller canceled the call"
	}
	if l.leaving != nil {
		why = *l.leaving // we were first
	}
	l.reports.end(why)
	l.phase = over
}

// infoReceived takes DTMF keys that come by INFO, as some gateways send them.
func (l *leg) infoReceived(request *sip.Request, tx *transaction.Server) {
	content, err := header.ReadContent(request, header.KeyTypes...)
	if err == nil && content.Data == nil && !content.Refused {
		l.server.respond(request, tx, sip.StatusOK, "OK")
		return
	}
	key, ok := header.Key(content)
	if !ok || content.Refused {
		l.server.respond(request, tx, sip.StatusUnsupportedMediaType, "Unsupported Media Type", sip.NewHeader("Accept", "application/dtmf-relay"))
		return
	}
	l.server.respond(request, tx, sip.StatusOK, "OK")
	if l.phase == up || l.earlyMedia == earlyMediaOpen {
		l.reports.reportKey(call.Tone(key), keyInINFO)
	}
}
