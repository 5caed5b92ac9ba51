package sip

import (
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
)

// sessionRefresh is a re-INVITE or UPDATE of ours that waits for its answer.
type sessionRefresh struct {
	method sip.RequestMethod
	sent   *clientRequest
}

// refreshSession refreshes the session by a request that changes nothing: an
// UPDATE where the peer takes it, else a re-INVITE. A phone on hold is silent
// by right: only this tells whether it is still there.
func (l *leg) refreshSession() {
	if l.timer.interval != 0 && l.timer.method == sip.UPDATE {
		l.sendRefresh(sip.UPDATE)
	} else {
		l.sendRefresh(sip.INVITE)
	}
}

// resume asks a phone that has put us on hold to speak to us again.
func (l *leg) resume() { l.sendRefresh(sip.INVITE) }

// sendRefresh sends a re-INVITE that offers what we offered before, or an UPDATE
// that offers nothing.
func (l *leg) sendRefresh(method sip.RequestMethod) {
	if l.phase != up || l.pendingRefresh != nil {
		return
	}
	if l.pendingAnswer != nil { // the peer is changing the session: it lives
		l.armTimer()
		return
	}
	pending := &sessionRefresh{method: method}
	var body []byte
	if method == sip.INVITE {
		var err error
		if body, err = l.describe(nil, func(local sdp.Local) ([]byte, error) { return sdp.Offer(local), nil }); err != nil {
			return
		}
	}
	l.pendingRefresh = pending
	pending.sent = l.requestInDialog(pending.method, func(request *sip.Request) {
		for _, field := range l.wantTimer() {
			request.AppendHeader(field)
		}
		request.AppendHeader(l.terms.allow())
		if body != nil {
			request.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
			request.SetBody(body)
		}
	}, func(response *sip.Response, err error) { l.refreshAnswered(pending, response, err) })
}

// refreshAnswered takes the answer to our re-INVITE or UPDATE.
func (l *leg) refreshAnswered(pending *sessionRefresh, response *sip.Response, err error) {
	if response != nil && response.IsProvisional() {
		return
	}
	if response != nil && response.IsSuccess() && pending.method == sip.INVITE {
		l.acknowledge(pending.sent.attempt, response)
	}
	if l.pendingRefresh != pending || l.phase != up {
		return
	}
	l.pendingRefresh = nil
	switch {
	case err != nil:
		l.vanished("the phone did not answer our " + string(pending.method))
	case response.IsSuccess():
		l.refreshSucceeded(pending, response)
	case response.StatusCode == sip.StatusRequestPending:
		l.timers.start(timerRefresh, l.glareDelay())
	case response.StatusCode == sip.StatusRequestTimeout, response.StatusCode == sip.StatusCallTransactionDoesNotExists:
		l.vanished("the phone does not know the call any more") // RFC 3261 §12.2.1.2
	case l.timer.longer(response):
		l.timer.interval = max(l.timer.interval, l.timer.minimum)
		l.refreshSession()
	case pending.method == sip.UPDATE: // it said that it took them, and does not
		l.timer.method = sip.INVITE
		l.refreshSession()
	case l.timer.interval != 0: // a refusal does not refresh: once more before the time is over
		l.timers.start(timerRefresh, l.timer.interval/8)
	default: // a refusal shows as well that the phone is there
		l.armTimer()
	}
}

// refreshSucceeded takes the 2xx to a refresh of ours.
func (l *leg) refreshSucceeded(pending *sessionRefresh, response *sip.Response) {
	if contact := response.Contact(); contact != nil {
		l.dialog.target = *contact.Address.Clone()
	}
	l.learnAllow(response)
	if l.timer.interval != 0 {
		l.takeTimer(response)
	}
	l.armTimer()
	if pending.method == sip.UPDATE {
		return
	}
	if err := l.readAnswer(response); err != nil {
		l.log.Warn("cannot use the answer to our re-INVITE", "error", err)
	}
	l.reportHold()
}

// glareDelay is how long to wait after both ends sent a re-INVITE at once, so that
// they do not do it again (RFC 3261 §14.1).
func (l *leg) glareDelay() time.Duration {
	if l.out != nil {
		return 2100*time.Millisecond + time.Duration(rand.IntN(190))*10*time.Millisecond
	}
	return time.Duration(rand.IntN(200)) * 10 * time.Millisecond
}
