package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
)

// hangUp sends BYE. leaving tells why.
func (l *leg) hangUp() {
	l.phase = ending
	l.pendingRefresh, l.pendingAnswer = nil, nil
	l.timers.start(timerNoConsent, l.server.cfg.Grace)
	l.requestInDialog(sip.BYE, func(bye *sip.Request) {
		for _, field := range reasonHeader(*l.leaving) {
			bye.AppendHeader(field)
		}
	}, l.byeAnswered)
}

// byeAnswered is the end of our BYE. Any answer ends the leg, 408 and 481
// included: the peer knows of no call any more (RFC 3261 §15.1.1). A challenge comes
// here only if we have no answer to it.
func (l *leg) byeAnswered(response *sip.Response, err error) {
	if l.phase != ending || response != nil && response.IsProvisional() {
		return
	}
	if err != nil {
		l.consentTimedOut()
	} else if isChallenge(response.StatusCode) { // the peer keeps the call, and may bill it
		l.log.Warn("the peer wants credentials for our BYE that we do not have: check the user name and the password of the trunk", "answer", response.StartLine())
	}
	l.reports.end(*l.leaving)
	l.phase = over
}

// consentTimedOut reports the end although the peer has not answered the BYE or
// CANCEL. The transaction goes on.
func (l *leg) consentTimedOut() {
	why := *l.leaving
	if l.phase == ending && why.Kind != call.MediaLost {
		why.Kind, why.Text = call.Vanished, "the phone did not answer our BYE"
	}
	l.reports.end(why)
}

// vanished ends a leg whose peer does not reply any more.
func (l *leg) vanished(text string) {
	if l.leaving == nil {
		l.leaving = &call.Reason{Kind: call.Vanished, Text: text}
	}
	l.reports.end(*l.leaving)
	l.hangUp()
}

// finish ends the leg's goroutine: it frees what the leg holds, whatever of that panics.
func (l *leg) finish() {
	defer l.caughtAtEnd()
	defer l.release()
	defer l.reportOutcome(call.Referral{Outcome: call.ReferralFailed, Reason: hungUpDuringTransfer})
	l.watch.stop()
	l.server.legs.remove(l)
	l.box.Seal()
	l.workOff() // requests still get their answer: the phase says that the leg is over
}

// release frees the media session, unless the call owns it.
func (l *leg) release() {
	l.timers.timer.Stop()
	l.cancel()
	l.leavePlace()
	if l.sessionTaken.CompareAndSwap(false, true) && l.session != nil {
		l.session.Close()
	}
}

// End refuses, cancels or hangs up.
func (l *leg) End(why call.Reason) { l.post(func() { l.end(why) }) }

// end ends the leg, as its phase demands.
func (l *leg) end(why call.Reason) {
	if l.leaving != nil || l.phase >= ending || l.deferBYE(why) {
		return
	}
	switch {
	case l.phase == up:
		l.leaving = &why
		l.hangUp()
	case l.phase == accepting:
		// RFC 3261 §15: no BYE before the ACK has come or its time is over.
		l.leaving = &why
		l.timers.start(timerNoConsent, l.server.cfg.Grace)
	case l.in != nil:
		l.countDecision()
		l.refuse(refusalFor(why, l.server))
		l.reports.end(withStatus(why, l.in.refused))
	default:
		l.leaving = &why
		l.abandonInvite()
	}
}
