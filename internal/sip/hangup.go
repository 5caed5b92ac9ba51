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
// included: the peer knows of no call any more (RFC 3261 §15.1.1).
func (l *leg) byeAnswered(response *sip.Response, err error) {
	if l.phase != ending || response != nil && response.IsProvisional() {
		return
	}
	if err != nil {
		l.consentTimedOut()
	}
	l.reports.end(*l.leaving)
	l.phase = over
}

// consentTimedOut reports the end although the peer has not agreed to it. The
// transaction goes on asking.
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
