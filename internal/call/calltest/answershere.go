package calltest

import "sync/atomic"

// AnswersHere is a phone that calls, whose answer who works on the call makes after the turn, as
// over UDP.
type AnswersHere struct {
	*Leg
	left atomic.Bool
}

// LeaveAnswer is the call accepting.
func (l *AnswersHere) LeaveAnswer() { l.left.Store(true) }

// WorkHere confirms the answer that was left.
func (l *AnswersHere) WorkHere() {
	if l.left.Swap(false) {
		l.confirm(true)
	}
}
