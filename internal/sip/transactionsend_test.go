package sip

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestTransactionsEnd asks that calls in all their ways leave no transaction behind: taken,
// refused, canceled and called by us, also to a phone that rings and is gone, over UDP and TCP.
func TestTransactionsEnd(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			over := func(c *siptest.Config) { c.Transport = transport }
			callee, via := callee(t, "carrier", over)
			r := newRig(t, nil, via)
			phone := r.phone(t, over)

			made, taken := r.connect(t, phone)
			if err := made.Hangup(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, taken)

			refused, err := phone.Invite(siptest.Invite{To: "+15551230001"})
			if err != nil {
				t.Fatal(err)
			}
			r.next(t).End(refusedByTest)
			if err := refused.WaitFinal(within(t)); err != nil {
				t.Fatal(err)
			}
			canceled, err := phone.Invite(siptest.Invite{To: "+15551230001"})
			if err != nil {
				t.Fatal(err)
			}
			waiting := r.next(t)
			waiting.Ring()
			if err := canceled.Cancel(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, waiting)

			ours := r.dial(t, "+15557770000")
			called := next(t, callee)
			called.Answer()
			expect[call.Answered](t, ours)
			ours.End(call.Reason{})
			if err := called.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			ours = r.dial(t, "+15557770000")
			next(t, callee).Busy()
			expect[call.Ended](t, ours)

			ours = r.dial(t, "+15557770000")
			next(t, callee).Ring()
			expect[call.Ringing](t, ours)
			callee.Vanish() // no answer to the CANCEL, and none to the INVITE
			ours.End(call.Reason{Kind: call.NoAnswer})
			expect[call.Ended](t, ours)

			eventually(t, func() bool { // after 64*T1
				servers, clients := r.transactions.Count()
				return servers+clients == 0
			})
		})
	}
}
