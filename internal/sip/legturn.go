package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// The leg's turn is held by who does its work: by the goroutine that makes it until run
// waits for the first time, by run while it does not wait, or, for an answer, by who works
// on the call (WorkHere). When the leg is over nobody gets it any more.

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
