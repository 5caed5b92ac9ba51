package sip

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// referral is a REFER of the peer's: whoever it talks to shall talk to somebody
// else instead. It hears by NOTIFY how that goes, unless it does not want to
// (RFC 4488).
type referral struct {
	cseq    uint32
	first   bool         // of its dialog: its events need no id
	quiet   bool         // nobody listens
	over    bool         // the outcome is known
	telling bool         // a NOTIFY waits for its answer
	next    *call.Status // what is to be told then
	parting *call.Reason // the leg ends when all is told
}

// askedToTransfer is the peer's REFER inside our dialog.
func (l *leg) askedToTransfer(request *sip.Request, tx *sip.ServerTx) {
	s := l.server
	refuse := func(status call.Status, why string) {
		s.respond(request, tx, status.Code, status.Phrase, header.Warning(s.cfg.UserAgent, errors.New(why)))
	}
	pending := call.Status{Code: sip.StatusRequestPending, Phrase: "Request Pending"}
	switch {
	case l.terms.acceptRefer == trunk.AcceptNone:
		refuse(call.Status{Code: sip.StatusForbidden, Phrase: "Forbidden"}, "trunk "+l.terms.name+" may not transfer: its setting accept-refer is none")
		return
	case l.phase != up || l.leaving != nil:
		refuse(pending, "the call is not up")
		return
	case l.referral != nil && !l.referral.over:
		refuse(pending, "another transfer of this call is under way")
		return
	}
	values := header.Values(request, "Refer-To")
	if len(values) != 1 {
		refuse(call.Status{Code: sip.StatusBadRequest, Phrase: "One Refer-To Is Required"}, fmt.Sprintf("there are %d", len(values)))
		return
	}
	target, err := header.ParseReferTo(values[0])
	if err != nil {
		refuse(call.Status(header.ReferToRefusal(err)), err.Error())
		return
	}
	r := &referral{cseq: request.CSeq().SeqNo, first: l.referral == nil, quiet: strings.EqualFold(strings.TrimSpace(header.First(request, "Refer-Sub")), "false")}
	l.referral = r
	accept := func(other *leg) { l.acceptReferral(r, target, other, request, tx) }
	if target.Replaces == nil {
		accept(nil)
		return
	}
	l.findOther(*target.Replaces, accept, func() {
		r.over = true
		refuse(call.Status{Code: sip.StatusCallTransactionDoesNotExists, Phrase: "Call/Transaction Does Not Exist"}, "Replaces names no call of this phone here that was answered")
	})
}

// referredOutside is a REFER of no call: nobody may make us call two people.
func (s *Server) referredOutside(request *sip.Request, tx *sip.ServerTx, with terms) {
	if with.acceptRefer == trunk.AcceptNone {
		s.notAllowed(request, tx, with)
		return
	}
	s.respond(request, tx, sip.StatusForbidden, "Forbidden", header.Warning(s.cfg.UserAgent, errors.New("REFER is taken inside of calls alone")))
}

// findOther looks for the peer's other leg with us. Only its own goroutine knows
// whether it is up, and whose it is: to know a call's tags is not enough.
func (l *leg) findOther(named header.Replaces, found func(*leg), missing func()) {
	other := l.server.legs.find(named.CallID, named.ToTag)
	if other == nil || other == l || named.EarlyOnly {
		missing()
		return
	}
	peer, user := l.terms.name, l.user
	asked := other.box.Put(func() {
		fits := other.phase == up && other.leaving == nil && other.terms.name == peer && other.user == user && other.dialog.remoteTag == named.FromTag
		l.box.Put(func() {
			if fits && l.phase == up {
				found(other)
			} else {
				missing()
			}
		})
	})
	if !asked {
		missing()
	}
}

// acceptReferral answers 202 and lets the call try.
func (l *leg) acceptReferral(r *referral, target header.ReferTo, other *leg, request *sip.Request, tx *sip.ServerTx) {
	headers := []sip.Header{&sip.ContactHeader{Address: *l.dialog.contact.Clone()}}
	if r.quiet {
		headers = append(headers, sip.NewHeader("Refer-Sub", "false"))
	}
	l.server.respond(request, tx, sip.StatusAccepted, "Accepted", headers...)
	l.tellReferrer(r, call.Status{Code: sip.StatusTrying, Phrase: "Trying"}) // RFC 3515 §2.4.4: one at once
	want := call.TransferWanted{
		To: target.To, SIPHeaders: target.Headers, Free: l.terms.acceptRefer != trunk.AcceptAny,
		CallerID: l.server.callerIDOf(l.user),
		Tell:     func(news call.Referral) { l.box.Put(func() { l.referralWent(r, news) }) },
	}
	if other != nil {
		want.Other = other.tell.pass
	}
	l.log.Info("phone asks to be transferred away", "attended", other != nil)
	l.tell.report(want)
}

// callerIDOf is the caller id of a telephone's credential as it is now; zero where
// the telephone may call no number elsewhere, or a trunk has the leg.
func (s *Server) callerIDOf(user string) (id identifier.ID) {
	if user == "" {
		return id
	}
	credential, known := s.cfg.Phones.Find(user)
	if !known || credential.CallerID == "" {
		return id
	}
	id, _ = identifier.Phone(credential.CallerID) // it was checked when the credential was made
	return id
}

// referralWent is news of a transfer that the peer asked for.
func (l *leg) referralWent(r *referral, news call.Referral) {
	if r.over {
		return
	}
	status := call.Status{Code: sip.StatusRinging, Phrase: "Ringing"}
	switch news.Outcome {
	case call.ReferralAnswered:
		r.over, status = true, call.Status{Code: sip.StatusOK, Phrase: "OK"}
	case call.ReferralFailed, call.ReferralDeclined:
		r.over, status = true, refusalFor(news.Reason, l.server).status
	}
	l.tellReferrer(r, status)
}

// tellReferrer sends a NOTIFY, or lets it wait for the answer to the last one: one
// that overtakes another would be refused.
func (l *leg) tellReferrer(r *referral, status call.Status) {
	if r.quiet || l.phase != up {
		return
	}
	if r.telling {
		r.next = &status
		return
	}
	r.telling, r.next = true, nil
	l.ask(sip.NOTIFY, func(request *sip.Request) {
		event, state := "refer", "active;expires=180"
		if !r.first {
			event = fmt.Sprintf("refer;id=%d", r.cseq)
		}
		if status.Code >= 200 {
			state = "terminated;reason=noresource"
		}
		request.AppendHeader(sip.NewHeader("Event", event))
		request.AppendHeader(sip.NewHeader("Subscription-State", state))
		request.AppendHeader(sip.NewHeader("Content-Type", header.SipfragType+";version=2.0"))
		request.SetBody(header.Sipfrag(header.Status(status)))
	}, func(response *sip.Response, err error) {
		if response == nil || !response.IsProvisional() {
			l.referrerTold(r, err == nil && response.IsSuccess())
		}
	})
}

// referrerTold is the answer to a NOTIFY. Who refuses one wants no more.
func (l *leg) referrerTold(r *referral, heard bool) {
	r.telling = false
	r.quiet = r.quiet || !heard
	if r.next != nil && !r.quiet {
		l.tellReferrer(r, *r.next)
		return
	}
	r.next = nil
	l.part(r)
}

// partsLater lets the last NOTIFY arrive before the BYE of a leg whose place was
// taken: a phone that hears of the BYE first takes the transfer for failed.
func (l *leg) partsLater(why call.Reason) bool {
	r := l.referral
	if l.phase != up || r == nil || !r.telling || r.parting != nil {
		return false
	}
	r.parting = &why
	l.clock.set(partNow, l.server.cfg.Grace)
	return true
}

// part ends a leg that has waited for its NOTIFY.
func (l *leg) part(r *referral) {
	if r == nil || r.parting == nil {
		return
	}
	l.clock.stop(partNow)
	why := *r.parting
	r.telling = false
	l.end(why)
}
