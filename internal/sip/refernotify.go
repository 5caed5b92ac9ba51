package sip

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

const statusBadEvent = 489

// notifyReceived takes the NOTIFY of a REFER of ours. It may come before the answer
// to the REFER (RFC 3515 §2.4.4).
func (l *leg) notifyReceived(request *sip.Request, tx *transaction.Server) {
	s, event := l.server, header.First(request, "Event")
	kind, params, _ := strings.Cut(event, ";")
	switch {
	case !strings.EqualFold(strings.TrimSpace(kind), "refer"):
		s.respond(request, tx, statusBadEvent, "Bad Event", sip.NewHeader("Allow-Events", "refer"))
		return
	case l.sentRefer == nil || !l.sentRefer.isNamedBy(params):
		s.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Subscription Does Not Exist")
		return
	}
	content, err := header.ReadContent(request, header.SipfragType)
	if err != nil || content.Refused {
		s.respond(request, tx, sip.StatusUnsupportedMediaType, "Unsupported Media Type", sip.NewHeader("Accept", header.SipfragType))
		return
	}
	s.respond(request, tx, sip.StatusOK, "OK")
	l.readReferProgress(request, content.Data)
}

// isNamedBy reports whether an event's id is that of this REFER: its CSeq, which the
// first REFER of a dialog may leave out (RFC 3515 §2.4.6).
func (r *sentRefer) isNamedBy(params string) bool {
	for _, param := range strings.Split(params, ";") {
		if name, id, _ := strings.Cut(param, "="); strings.EqualFold(strings.TrimSpace(name), "id") {
			return strings.TrimSpace(id) == strconv.FormatUint(uint64(r.cseq), 10)
		}
	}
	return true
}

// readReferProgress reads the outcome of our REFER from a NOTIFY.
func (l *leg) readReferProgress(request *sip.Request, fragment []byte) {
	status, cause, ok := header.ParseSipfrag(fragment)
	state, _, _ := strings.Cut(header.First(request, "Subscription-State"), ";")
	over := strings.EqualFold(strings.TrimSpace(state), "terminated")
	switch {
	case ok && status.Code >= 200 && status.Code < 300:
		l.reportOutcome(call.Referral{Outcome: call.ReferralAnswered})
	case ok && status.Code >= 300:
		why := call.Reason{Kind: kindOf(status.Code), Text: status.Phrase, SIP: call.Status(status), Q850: call.Cause(cause)}
		l.referralFailed(why)
	case over:
		l.referralFailed(call.Reason{Kind: call.Failed, Text: "the phone ended its notifications without the outcome of the transfer"})
	}
}
