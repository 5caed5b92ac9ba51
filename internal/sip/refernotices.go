package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// noticeState is the state of the implicit subscription of a received REFER:
//
//	idle ⇄ pending → off
//
// pending is between a NOTIFY and its answer; off is after the peer refused a
// NOTIFY, or where it wanted none (RFC 4488).
type noticeState uint8

const (
	noticesIdle noticeState = iota
	noticePending
	noticesOff
)

// notifyReferrer sends a NOTIFY, or lets it wait for the answer to the last one: one
// that overtakes another would be refused.
func (l *leg) notifyReferrer(r *receivedRefer, status call.Status) {
	switch {
	case r.notices == noticesOff, l.phase != up:
		return
	case r.notices == noticePending:
		r.next = &status
		return
	}
	r.notices, r.next = noticePending, nil
	l.requestInDialog(sip.NOTIFY, func(request *sip.Request) {
		state := "active;expires=180"
		if status.Code >= 200 {
			state = "terminated;reason=noresource"
		}
		request.AppendHeader(sip.NewHeader("Event", r.event))
		request.AppendHeader(sip.NewHeader("Subscription-State", state))
		request.AppendHeader(sip.NewHeader("Content-Type", header.SipfragType+";version=2.0"))
		request.SetBody(header.Sipfrag(header.Status(status)))
	}, func(response *sip.Response, err error) {
		if response == nil || !response.IsProvisional() {
			l.notifyAnswered(r, err == nil && response.IsSuccess())
		}
	})
}

// notifyAnswered takes the answer to a NOTIFY. A peer that refuses one gets no more.
func (l *leg) notifyAnswered(r *receivedRefer, accepted bool) {
	r.notices = noticesOff
	if accepted {
		r.notices = noticesIdle
		if r.next != nil {
			l.notifyReferrer(r, *r.next)
			return
		}
	}
	r.next = nil
	l.sendDeferredBYE(r)
}

// deferBYE lets the last NOTIFY arrive before the BYE of a leg whose place was
// taken: a phone that hears of the BYE first takes the transfer for failed.
func (l *leg) deferBYE(why call.Reason) bool {
	r := l.receivedRefer
	if l.phase != up || r == nil || r.notices != noticePending || r.deferredBYE != nil {
		return false
	}
	r.deferredBYE = &why
	l.timers.start(timerDeferredBYE, l.server.cfg.Grace)
	return true
}

// sendDeferredBYE ends a leg that has waited for its NOTIFY.
func (l *leg) sendDeferredBYE(r *receivedRefer) {
	if r == nil || r.deferredBYE == nil {
		return
	}
	l.timers.stop(timerDeferredBYE)
	why := *r.deferredBYE
	r.notices = noticesOff
	l.end(why)
}
