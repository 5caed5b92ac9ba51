package call

import (
	"context"
	"testing"
)

// hereLeg counts how it is answered.
type hereLeg struct {
	Leg
	call                   *Call
	answered, left, worked int
	turnTaken              bool
}

func (l *hereLeg) Answer()      { l.answered++ }
func (l *hereLeg) LeaveAnswer() { l.left++ }
func (l *hereLeg) WorkHere() {
	l.worked++
	if !l.call.turn.TryLock() {
		l.turnTaken = true
		return
	}
	l.call.turn.Unlock()
}

// TestAnswerIsMadeOnceAfterTheTurn of one leg, and of another in the same turn by its own goroutine.
func TestAnswerIsMadeOnceAfterTheTurn(t *testing.T) {
	var c Call
	first, second := &hereLeg{call: &c}, &hereLeg{call: &c}
	turn := func(do func()) {
		t.Helper()
		if err := c.do(context.Background(), func() error { do(); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	turn(func() {
		(&endpoint{call: &c, leg: first}).answer()
		(&endpoint{call: &c, leg: second}).answer()
		if first.worked != 0 {
			t.Error("it is answered in the turn")
		}
	})
	turn(func() {})
	if first.left != 1 || first.worked != 1 || first.answered != 0 || first.turnTaken {
		t.Errorf("the first leg: %+v", first)
	}
	if second.answered != 1 || second.left != 0 || second.worked != 0 {
		t.Errorf("the second leg: %+v", second)
	}
	turn(func() { (&endpoint{call: &c, leg: second}).answer() })
	if second.left != 1 || second.worked != 1 {
		t.Errorf("the second leg, in a turn of its own: %+v", second)
	}
}
