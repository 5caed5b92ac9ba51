package sip

import (
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
)

// refreshing is a re-INVITE of ours that waits for its answer.
type refreshing struct{ cseq uint32 }

// askWhetherAlive sends a re-INVITE that changes nothing. A phone on hold is
// silent by right: only this tells whether it is still there.
func (l *leg) askWhetherAlive() {
	if l.phase != up || l.refresh != nil {
		return
	}
	if l.answer != nil { // the peer is changing the session: it lives
		l.clock.set(refreshNow, l.server.cfg.Refresh)
		return
	}
	body, err := l.describe(func(local sdp.Local) ([]byte, error) {
		return sdp.Offer(local), nil
	})
	if err != nil {
		return
	}
	pending := &refreshing{}
	l.refresh = pending
	l.ask(sip.INVITE, func(request *sip.Request) {
		pending.cseq = request.CSeq().SeqNo
		request.AppendHeader(sip.NewHeader("Allow", allowed))
		request.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		request.SetBody(body)
	}, func(response *sip.Response, err error) { l.refreshed(pending, response, err) })
}

// refreshed is the answer to our re-INVITE.
func (l *leg) refreshed(pending *refreshing, response *sip.Response, err error) {
	if response != nil && response.IsProvisional() {
		return
	}
	if response != nil && response.IsSuccess() {
		l.writeACK(pending.cseq)
	}
	if l.refresh != pending || l.phase != up {
		return
	}
	l.refresh = nil
	next := l.server.cfg.Refresh
	switch {
	case err != nil:
		l.vanished("the phone did not answer our re-INVITE")
		return
	case response.IsSuccess():
		if contact := response.Contact(); contact != nil {
			l.dialog.target = *contact.Address.Clone()
		}
		if err := l.readAnswer(response.Body()); err != nil {
			l.log.Warn("phone answered a re-INVITE with nonsense", "error", err)
		}
		l.tellHold()
	case response.StatusCode == sip.StatusRequestPending:
		next = l.glare()
	case response.StatusCode == sip.StatusRequestTimeout, response.StatusCode == sip.StatusCallTransactionDoesNotExists:
		l.vanished("the phone knows of no call any more") // RFC 3261 §12.2.1.2
		return
	} // any other refusal is an answer too: the phone is there
	l.clock.set(refreshNow, next)
}

// glare is how long to wait after both ends sent a re-INVITE at once, so that
// they do not do it again (RFC 3261 §14.1).
func (l *leg) glare() time.Duration {
	if l.out != nil {
		return 2100*time.Millisecond + time.Duration(rand.IntN(190))*10*time.Millisecond
	}
	return time.Duration(rand.IntN(200)) * 10 * time.Millisecond
}
