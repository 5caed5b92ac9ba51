package sip

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// receivedRefer is a REFER of the peer's (RFC 3515): it asks that its other party
// is transferred to somebody else.
type receivedRefer struct {
	event       string // of its NOTIFYs
	outcome     referOutcome
	notices     noticeState
	next        *call.Status // of the NOTIFY after the pending one
	deferredBYE *call.Reason // why the leg ends after the last NOTIFY; nil: it does not
}

// referOutcome is whether it is known what becomes of a transfer.
type referOutcome uint8

const (
	referTrying referOutcome = iota
	referSettled
)

// newReceivedRefer reads a REFER. The first of a dialog needs no id in its events
// (RFC 3515 §2.4.6).
func newReceivedRefer(request *sip.Request, first bool) *receivedRefer {
	r := &receivedRefer{event: "refer"}
	if !first {
		r.event = fmt.Sprintf("refer;id=%d", request.CSeq().SeqNo)
	}
	if strings.EqualFold(strings.TrimSpace(header.First(request, "Refer-Sub")), "false") {
		r.notices = noticesOff
	}
	return r
}

// referReceived takes the peer's REFER inside our dialog.
func (l *leg) referReceived(request *sip.Request, tx *transaction.Server) {
	s := l.server
	refuse := func(status call.Status, why string) {
		s.respond(request, tx, status.Code, status.Phrase, header.Warning(s.cfg.UserAgent, errors.New(why)))
	}
	pending := call.Status{Code: sip.StatusRequestPending, Phrase: "Request Pending"}
	switch {
	case l.terms.acceptRefer == trunk.AcceptNone:
		refuse(call.Status{Code: sip.StatusForbidden, Phrase: "Forbidden"}, "trunk "+l.terms.name+" is not allowed to transfer calls: its accept-refer is none")
		return
	case l.phase != up || l.leaving != nil:
		refuse(pending, "the call is not established")
		return
	case l.receivedRefer != nil && l.receivedRefer.outcome != referSettled:
		refuse(pending, "another transfer of this call is under way")
		return
	}
	values := header.Values(request, "Refer-To")
	if len(values) != 1 {
		refuse(call.Status{Code: sip.StatusBadRequest, Phrase: "One Refer-To Is Required"}, fmt.Sprintf("there are %d", len(values)))
		return
	}
	target, err := header.ParseReferTo(values[0], l.callee)
	if err != nil {
		refuse(call.Status(header.ReferToRefusal(err)), err.Error())
		return
	}
	r := newReceivedRefer(request, l.receivedRefer == nil)
	l.receivedRefer = r
	accept := func(other *leg) { l.acceptReferral(r, target, other, request, tx) }
	if target.Replaces == nil {
		accept(nil)
		return
	}
	l.findOther(target, accept, func() {
		r.outcome = referSettled
		refuse(call.Status{Code: sip.StatusGlobalDecline, Phrase: "Decline"}, "Replaces names no established call of this phone")
	})
}

// referOutOfDialog refuses a REFER outside a dialog: nobody may make us call two
// people.
func (s *Server) referOutOfDialog(request *sip.Request, tx *transaction.Server, with terms) {
	if with.acceptRefer == trunk.AcceptNone {
		s.notAllowed(request, tx, with)
		return
	}
	s.respond(request, tx, sip.StatusForbidden, "Forbidden", header.Warning(s.cfg.UserAgent, errors.New("REFER is accepted only inside a call")))
}

// findOther looks for the peer's other leg with us. Only its own goroutine knows
// whether it is up, and whose it is: to know a call's tags is not enough. A peer that has
// not waited until the other leg is answered has called somebody in vain: found gets nil,
// and whom it called is called for the one who is transferred (RFC 5589 §7.6).
func (l *leg) findOther(target header.ReferTo, found func(*leg), missing func()) {
	named := target.Replaces
	other := l.server.legs.find(named.CallID, named.ToTag)
	if other == nil || other == l {
		missing()
		return
	}
	peer, user := l.terms.name, l.user
	asked := other.post(func() {
		isPeers := other.leaving == nil && other.terms.name == peer && other.user == user && other.dialog.remoteTag == named.FromTag
		isUp, rings := isPeers && other.phase == up && !named.EarlyOnly, isPeers && other.phase == early && other.in != nil && !target.To.IsZero()
		if rings {
			other.end(call.Reason{Kind: call.Canceled, Text: "the phone transfers another call to whom it calls"})
		}
		l.post(func() {
			switch {
			case isUp && l.phase == up:
				found(other)
			case rings && l.phase == up:
				found(nil)
			default:
				missing()
			}
		})
	})
	if !asked {
		missing()
	}
}

// acceptReferral answers 202 and lets the call try.
func (l *leg) acceptReferral(r *receivedRefer, target header.ReferTo, other *leg, request *sip.Request, tx *transaction.Server) {
	headers := []sip.Header{&sip.ContactHeader{Address: *l.dialog.contact.Clone()}}
	if r.notices == noticesOff {
		headers = append(headers, sip.NewHeader("Refer-Sub", "false"))
	}
	l.server.respond(request, tx, sip.StatusAccepted, "Accepted", headers...)
	l.notifyReferrer(r, call.Status{Code: sip.StatusTrying, Phrase: "Trying"}) // RFC 3515 §2.4.4: one at once
	want := call.TransferWanted{
		To: target.To, SIPHeaders: l.server.addAttestation(target.Headers, ""), Free: l.terms.acceptRefer != trunk.AcceptAny,
		Tell: func(news call.Referral) { l.post(func() { l.transferProgress(r, news) }) },
	}
	want.CallerID, want.IssuedBy = l.server.credentialOf(l.user)
	if other != nil {
		want.Other = other.reports.reportIfOpen
	}
	l.log.Info("phone requests a transfer", "attended", other != nil)
	l.reports.report(want)
}

// credentialOf is the caller id of a telephone's credential as it is now, and who
// issued it. The caller id is zero where the telephone may call no number elsewhere,
// or a trunk has the leg.
func (s *Server) credentialOf(user string) (callerID identifier.ID, issuedBy string) {
	if user == "" {
		return callerID, ""
	}
	credential, known := s.cfg.Phones.Find(user)
	if !known || credential.CallerID == "" {
		return callerID, credential.IssuedBy
	}
	callerID, _ = identifier.Phone(credential.CallerID) // it was checked when the credential was made
	return callerID, credential.IssuedBy
}

// transferProgress notifies the peer of the transfer that it asked for.
func (l *leg) transferProgress(r *receivedRefer, news call.Referral) {
	if r.outcome == referSettled {
		return
	}
	status := call.Status{Code: sip.StatusRinging, Phrase: "Ringing"}
	switch news.Outcome {
	case call.ReferralAnswered:
		r.outcome, status = referSettled, call.Status{Code: sip.StatusOK, Phrase: "OK"}
	case call.ReferralFailed, call.ReferralDeclined:
		r.outcome, status = referSettled, refusalFor(news.Reason, l.server).status
	}
	l.notifyReferrer(r, status)
}
