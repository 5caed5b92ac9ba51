package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// The leg's turn is held by who does its work: by the goroutine that makes it until run
// waits for the first time, by run while it does not wait, or, for an answer, by who works
// on the call (WorkHere). When the leg is over nobody gets it any more.

// run does the leg's work until it is over. turn is held, and given back while it waits.
func (l *leg) run() {
	defer l.finish()
	for l.phase != over {
		l.turn.Unlock()
		select {
		case <-l.box.Wake():
			l.turn.Lock()
			l.workOff()
		case <-l.timers.timer.C:
			l.turn.Lock()
			for _, a := range l.timers.expired() {
				l.fire(a)
			}
		case <-l.ctx.Done(): // the server closes and has waited long enough
			l.turn.Lock()
			l.stopWithServer()
		}
	}
}

// stopWithServer ends a leg whose far end is told nothing more.
func (l *leg) stopWithServer() {
	defer l.caught()
	l.phase = over
	l.reports.end(call.Reason{Kind: call.ServerStopped, Text: "the server stopped"})
}

// fire does what a timer was started for.
func (l *leg) fire(a timerID) {
	defer l.caught()
	switch a {
	case timerResendAnswer:
		l.repeatAnswer()
	case timerNoACK:
		l.ackTimedOut()
	case timerResendRinging:
		l.repeatRinging()
	case timerNoPRACK:
		l.prackTimedOut()
	case timerNoConsent:
		l.consentTimedOut()
	case timerNoReply:
		l.replyTimedOut()
	case timerCheckMedia:
		l.checkMediaTimeout()
	case timerNoReferral:
		l.referTimedOut()
	case timerDeferredBYE:
		l.sendDeferredBYE(l.receivedRefer)
	case timerInviteExpired:
		l.invitationExpired()
	case timerRing:
		l.sendRinging()
	case timerRefresh:
		l.refreshSession()
	case timerSessionExpired:
		l.sessionExpired()
	}
}

// LeaveAnswer is Answer without waking the leg's goroutine. WorkHere follows.
func (l *leg) LeaveAnswer() { l.box.Leave(answerTask) }

var answerTask = task{with: func(l *leg, _ *sip.Request, _ *transaction.Server) { l.accept() }}

// WorkHere does what was left for the leg, where it is idle and sending never waits, as over
// UDP; otherwise its goroutine does.
func (l *leg) WorkHere() {
	if !l.onUDP || !l.turn.TryLock() {
		l.box.Signal()
		return
	}
	l.workOff()
	over := l.phase == over
	l.turn.Unlock()
	if over || l.box.IsWaiting() {
		l.box.Signal()
	}
}
