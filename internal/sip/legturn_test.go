package sip

import (
	"sync"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestAnswerMayBeMadeByWhoWorksOnTheCall answers over UDP, where that goroutine may send the
// 200, and over TCP; many ask at once, and once the leg is busy.
func TestAnswerMayBeMadeByWhoWorksOnTheCall(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		for _, busy := range []bool{false, true} {
			t.Run(transport, func(t *testing.T) {
				r := newRig(t, nil)
				phone := r.phone(t, func(c *siptest.Config) { c.Transport = transport })
				made, err := phone.Invite(siptest.Invite{To: "+15551230001"})
				if err != nil {
					t.Fatal(err)
				}
				taken := r.next(t)
				l := taken.Leg.(*leg)
				if busy {
					works, free := make(chan struct{}), make(chan struct{})
					l.post(func() { close(works); <-free })
					<-works
					l.LeaveAnswer()
					l.WorkHere()
					close(free)
				} else {
					var all sync.WaitGroup
					for range 8 {
						all.Go(func() {
							l.LeaveAnswer()
							l.WorkHere()
						})
					}
					all.Wait()
				}
				expect[call.Answered](t, taken)
				if err := made.Hangup(within(t)); err != nil {
					t.Fatal(err)
				}
				expect[call.Ended](t, taken)
			})
		}
	}
}

// TestWhatWasLeftForALegIsDoneHereWhereSendingNeverWaits has a leg without a goroutine, so that
// nobody else can do it. Where it is not done here, the leg's goroutine is woken.
func TestWhatWasLeftForALegIsDoneHereWhereSendingNeverWaits(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, test := range []struct {
		name              string
		onUDP, busy, over bool
		done, woken       bool
	}{
		{name: "over UDP", onUDP: true, done: true},
		{name: "over TCP", woken: true},
		{name: "over UDP while somebody works for the leg", onUDP: true, busy: true, woken: true},
		{name: "over UDP, and it ends the leg", onUDP: true, over: true, done: true, woken: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := r.newLeg(origin{})
			defer l.release()
			l.onUDP = test.onUDP
			if !test.busy {
				l.turn.Unlock()
			}
			done := false
			l.box.Leave(task{do: func() {
				if done = true; test.over {
					l.phase = over
				}
			}})
			select {
			case <-l.box.Wake():
				t.Error("the goroutine is woken before anybody works here")
			default:
			}
			l.WorkHere()
			woken := false
			select {
			case <-l.box.Wake():
				woken = true
			default:
			}
			if done != test.done || woken != test.woken {
				t.Errorf("done here: %t, the leg's goroutine is woken: %t", done, woken)
			}
			if free := l.turn.TryLock(); free == test.busy {
				t.Errorf("the turn is free: %t", free)
			}
		})
	}
}

// TestLegThatEndsWhileItIsAnsweredIsOver refuses and answers at once: the goroutine of the
// leg sees that nothing is left to do.
func TestLegThatEndsWhileItIsAnsweredIsOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	if _, err := phone.Invite(siptest.Invite{To: "+15551230001"}); err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	l := taken.Leg.(*leg)
	l.box.Leave(task{do: func() { l.end(call.Reason{Kind: call.Declined}) }})
	l.LeaveAnswer()
	l.WorkHere()
	expect[call.Ended](t, taken)
	eventually(t, func() bool { return r.legs.count() == 0 })
}
