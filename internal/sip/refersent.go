package sip

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// sentRefer is a REFER of ours (RFC 3515): the peer is asked to call somebody and
// reports the progress by NOTIFY:
//
//	pending → accepted → settled
//	pending            → settled
//
// It stays after its end, so that the last NOTIFY gets its answer.
type sentRefer struct {
	cseq   uint32
	state  sentReferState
	report func(call.Referral)
}

type sentReferState uint8

const (
	referPending sentReferState = iota
	referAccepted
	sentReferSettled
)

var _ call.Referring = (*leg)(nil)

// Refer asks the phone to call somebody else and to leave us.
func (l *leg) Refer(in call.Invitation, patience time.Duration, told func(call.Referral)) {
	if !l.post(func() { l.refer(in, patience, told) }) {
		told(call.Referral{Outcome: call.ReferralFailed, Reason: hungUpDuringTransfer})
	}
}

// hungUpDuringTransfer is the reason of a REFER whose peer hung up before it
// reported the outcome.
var hungUpDuringTransfer = call.Reason{Kind: call.Canceled, Text: "the phone hung up before it reported the outcome of the transfer"}

// refer sends REFER, where the trunk's setting and the peer permit it.
func (l *leg) refer(in call.Invitation, patience time.Duration, told func(call.Referral)) {
	if l.phase >= ending || l.leaving != nil {
		told(call.Referral{Outcome: call.ReferralFailed, Reason: hungUpDuringTransfer})
		return
	}
	to, refused := l.referTo(in)
	if refused != "" {
		told(call.Referral{Outcome: call.ReferralDeclined, Reason: call.Reason{Kind: call.Unsupported, Text: refused}})
		return
	}
	pending := &sentRefer{report: told}
	l.sentRefer = pending
	l.timers.start(timerNoReferral, patience)
	l.requestInDialog(sip.REFER, func(request *sip.Request) {
		pending.cseq = request.CSeq().SeqNo
		request.AppendHeader(sip.NewHeader("Refer-To", to))
		if by := "<" + l.dialog.local.uri.String() + ">"; len(by) <= maxReferTo {
			request.AppendHeader(sip.NewHeader("Referred-By", by))
		}
		request.AppendHeader(sip.NewHeader("Accept", header.SipfragType))
		request.AppendHeader(supportedField)
		request.AppendHeader(l.terms.allow())
	}, func(response *sip.Response, err error) { l.referResponse(pending, response, err) })
}

// maxReferTo bounds Refer-To and Referred-By: Microsoft's border controllers
// are built for 400 characters.
const maxReferTo = 400

// referTo writes whom the peer shall call, as a number of the trunk that it is
// reached by; refused says why it cannot be asked.
func (l *leg) referTo(in call.Invitation) (to, refused string) {
	number := header.Number(in.To)
	switch {
	case l.phase != up, l.sentRefer != nil && l.sentRefer.state != sentReferSettled:
		return "", "the call is not established, or another REFER is pending"
	case !l.takesRefer():
		return "", l.peerName() + " does not accept REFER"
	case number == "" || !l.server.leadsTo(number, l.trunk):
		return "", "no route to the target uses " + l.peerName()
	}
	if err := l.server.cfg.Permit.Leave(l.trunk, requestOf(in)); err != nil {
		return "", err.Error()
	}
	uri := uriOn(l.trunk, number)
	to = "<" + uri.String() + header.URIHeaders(in.SIPHeaders) + ">"
	if len(to) > maxReferTo {
		return "", "the headers of the transfer do not fit into Refer-To"
	}
	return to, ""
}

// leadsTo reports whether a route takes a number through a trunk.
func (s *Server) leadsTo(number string, via *trunk.Trunk) bool {
	trunks, err := s.route(number)
	return err == nil && slices.ContainsFunc(trunks, func(t *trunk.Trunk) bool { return t.Name == via.Name })
}

// takesRefer reports whether the peer may be asked at all.
func (l *leg) takesRefer() bool {
	switch l.terms.refer {
	case trunk.ReferAlways:
		return true
	case trunk.ReferNever:
		return false
	}
	known := l.allowsRefer
	if known == referUnknown {
		known = l.server.trunkMethods.of(l.terms.name)
	}
	return known == referAllowed
}

// referResponse takes the answer to our REFER.
func (l *leg) referResponse(pending *sentRefer, response *sip.Response, err error) {
	switch {
	case pending.state == sentReferSettled || response != nil && response.IsProvisional():
	case err != nil:
		l.referralFailed(call.Reason{Kind: call.Vanished, Text: "the phone did not answer our REFER"})
	case response.IsSuccess() && strings.EqualFold(header.First(response, "Refer-Sub"), "false"):
		// RFC 4488 permits this only where we asked for it.
		l.referralFailed(call.Reason{Kind: call.Unsupported, Text: "the phone does not report the outcome of the transfer"})
	case response.IsSuccess():
		pending.state = referAccepted
	case finalRefusal(response.StatusCode):
		l.referralFailed(reasonOf(response))
	default: // nothing was tried: the call may be made by ourselves
		l.allowsRefer = referNotAllowed
		l.reportOutcome(call.Referral{Outcome: call.ReferralDeclined, Reason: reasonOf(response)})
	}
}

// finalRefusal reports an answer to REFER after which no other way is tried: the
// dialog is gone, or somebody there wants no transfer.
func finalRefusal(status int) bool {
	return status == sip.StatusRequestTimeout || status == sip.StatusCallTransactionDoesNotExists || status >= 600
}

// reportOutcome reports the outcome of our REFER, once.
func (l *leg) reportOutcome(r call.Referral) {
	if l.sentRefer == nil || l.sentRefer.state == sentReferSettled {
		return
	}
	l.timers.stop(timerNoReferral)
	l.sentRefer.state = sentReferSettled
	l.sentRefer.report(r)
}

// referralFailed ends our REFER without success. A phone that put us on hold to
// call somebody is asked to come back.
func (l *leg) referralFailed(why call.Reason) {
	l.reportOutcome(call.Referral{Outcome: call.ReferralFailed, Reason: why})
	if l.phase == up && l.leaving == nil && l.hold == heldByPeer {
		l.resume()
	}
}

// referTimedOut ends a REFER whose outcome the phone does not report in time.
func (l *leg) referTimedOut() {
	l.referralFailed(call.Reason{
		Kind: call.NoAnswer, Text: fmt.Sprintf("the phone did not report the outcome of the transfer in time (REFER accepted: %t)", l.sentRefer.state == referAccepted),
	})
}
