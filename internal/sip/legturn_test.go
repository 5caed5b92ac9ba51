package sip

import (
	"sync"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestAnswerMayBeMadeByWhoWorksOnTheCall answers over UDP, where that goroutine sends the
// 200, and over TCP, where the leg's does; many ask at once, and once the leg is busy.
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
