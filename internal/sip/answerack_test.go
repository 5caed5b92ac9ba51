package sip

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestAnswerIsRepeatedUntilACK asks for retransmissions of the 200 that stop.
func TestAnswerIsRepeatedUntilACK(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			r := newRig(t, nil)
			phone := r.phone(t, func(c *siptest.Config) { c.Transport = transport })
			made, err := phone.Invite(siptest.Invite{To: "+15551230001", WithholdACK: true})
			if err != nil {
				t.Fatal(err)
			}
			taken := r.next(t)
			taken.Answer()
			answers := func() int { return phone.Count(isStatus("INVITE", 200, false)) }
			eventually(t, func() bool { return answers() >= 3 })
			if len(taken.news) > 0 {
				t.Errorf("reported %+v before the ACK", <-taken.news)
			}
			made.ACK()
			expect[call.Answered](t, taken)
			before := answers()
			if err := made.Hangup(within(t)); err != nil { // whatever was under way has arrived
				t.Fatal(err)
			}
			if after := answers(); after > before+1 {
				t.Errorf("%d more answers after the ACK", after-before)
			}
			expect[call.Ended](t, taken)
		})
	}
}

// TestLostAnswerIsSentAgain asks that a call comes up although the first 200 is lost.
func TestLostAnswerIsSentAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	lost := 0
	phone.Lose(func(e siptest.Entry) bool {
		if isStatus("INVITE", 200, false)(e) && lost < 2 {
			lost++
			return true
		}
		return false
	})
	r.connect(t, phone)
	if lost != 2 {
		t.Errorf("%d answers were lost", lost)
	}
}

// TestPhoneThatNeverAcknowledgesIsHungUp asks for BYE after 64*T1.
func TestPhoneThatNeverAcknowledgesIsHungUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", WithholdACK: true})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
		t.Errorf("reason is %+v", why)
	}
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if !made.Last().IsRequest() || made.Last().Method() != "BYE" {
		t.Errorf("ended by %q, want BYE", made.Last().Start)
	}
}

// TestHangUpBeforeACKWaitsForIt asks that no BYE goes out before the ACK (RFC 3261 §15).
func TestHangUpBeforeACKWaitsForIt(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Grace = time.Hour })
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", WithholdACK: true})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	if err := made.WaitFinal(within(t)); err != nil {
		t.Fatal(err)
	}
	taken.End(call.Reason{Kind: call.EndedByApplication})
	eventually(t, func() bool { return phone.Count(isStatus("INVITE", 200, false)) >= 3 })
	if n := phone.Count(isRequest("BYE", false)); n > 0 {
		t.Errorf("%d BYEs before the ACK", n)
	}
	made.ACK()
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, taken)
}

// TestHangUpBeforeACKOfThePhone asks that a BYE without an ACK ends the call cleanly.
func TestHangUpBeforeACKOfThePhone(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", WithholdACK: true})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	if err := made.WaitFinal(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := made.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.EndedByPeer {
		t.Errorf("reason is %+v", why)
	}
}

// TestRepeatedINVITEIsOneCall asks that UDP's repetitions are absorbed.
func TestRepeatedINVITEIsOneCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	phone.Lose(func(e siptest.Entry) bool { return !e.Sent && e.Message.Status() == 100 }) // so that it repeats
	made, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	eventually(t, func() bool { return phone.Count(isRequest("INVITE", true)) >= 3 })
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	if len(r.application.arrived) != 0 || r.Legs() != 1 {
		t.Errorf("%d more calls arrived", len(r.application.arrived))
	}
}

// TestDelayedOfferIsAnsweredInTheACK asks for a call whose INVITE describes nothing.
func TestDelayedOfferIsAnsweredInTheACK(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", DelayedOffer: true})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	expect[call.Answered](t, taken)
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
}
