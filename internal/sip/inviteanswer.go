package sip

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// answering is a 2xx of ours that waits for its ACK.
type answering struct {
	tx       *transaction.Server // keeps it, to be sent again
	cseq     uint32
	interval time.Duration
	offered  bool // the response holds our offer; the ACK must answer it
}

// withDescription adds a session description to a response, and returns it.
func withDescription(response *sip.Response, body []byte) *sip.Response {
	response.AppendHeader(sdpField)
	response.SetBody(body)
	return response
}

// answerInvite sends a 2xx to an INVITE and repeats it until its ACK, over any
// transport (RFC 3261 §13.3.1.4).
func (l *leg) answerInvite(request *sip.Request, tx *transaction.Server, body []byte, offered bool) {
	response := transaction.Response(request, sip.StatusOK, "OK")
	if body != nil {
		withDescription(response, body)
	}
	response.AppendHeader(&sip.ContactHeader{Address: *l.dialog.contact.Clone()})
	response.AppendHeader(l.terms.allow())
	response.AppendHeader(supportedField)
	for _, field := range l.grantTimer(request) {
		response.AppendHeader(field)
	}
	l.pendingAnswer = &answering{
		tx: tx, cseq: request.CSeq().SeqNo, interval: sip.T1, offered: offered,
	}
	l.server.completed.note(request, time.Now())
	l.server.send(response, tx)
	l.timers.start(timerResendAnswer, sip.T1)
	l.timers.start(timerNoACK, 64*sip.T1)
}

func (l *leg) repeatAnswer() {
	if l.pendingAnswer == nil {
		return
	}
	if err := l.pendingAnswer.tx.Resend(); err != nil {
		l.log.Debug("response not retransmitted", "error", err)
	}
	l.pendingAnswer.interval = min(2*l.pendingAnswer.interval, sip.T2)
	l.timers.start(timerResendAnswer, l.pendingAnswer.interval)
}

// ackReceived takes the ACK of a 2xx. Repeated and late ones change nothing.
func (l *leg) ackReceived(ack *sip.Request) {
	if l.pendingAnswer == nil || ack.CSeq().SeqNo != l.pendingAnswer.cseq || l.phase >= ending {
		return
	}
	offered := l.pendingAnswer.offered
	l.stopResendingAnswer()
	l.heardFrom(ack)
	if offered {
		err := l.readAnswer(ack)
		switch {
		case errors.Is(err, errNoDescription) && l.phase == up: // a controller that only refreshes the session: that stays as it was
			l.log.Debug("the ACK has no answer to our offer")
		case err != nil && l.leaving == nil:
			l.leaving = &call.Reason{Kind: call.Unsupported, Text: err.Error()}
		}
	}
	l.answerConfirmed()
}

// stopResendingAnswer ends the retransmission of a 2xx.
func (l *leg) stopResendingAnswer() {
	l.watch.stop()                 // its end is no news
	l.pendingAnswer.tx.Terminate() // the completed transactions absorb what is repeated
	l.pendingAnswer = nil
	l.timers.stop(timerResendAnswer)
	l.timers.stop(timerNoACK)
}

// answerConfirmed continues once the peer has our 2xx: the leg comes up, or is
// hung up where the call has ended meanwhile.
func (l *leg) answerConfirmed() {
	switch {
	case l.leaving != nil:
		l.hangUp()
	case l.phase == accepting:
		l.comeUp()
	default:
		l.armTimer()
		l.reportHold()
	}
}

// ackTimedOut ends a leg whose peer sent no ACK for our 2xx.
func (l *leg) ackTimedOut() {
	if l.pendingAnswer == nil {
		return
	}
	l.stopResendingAnswer()
	l.vanished("the phone sent no ACK for the answer")
}
