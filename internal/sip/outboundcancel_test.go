package sip

import (
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestGivingUpCancels asks for CANCEL and its reason while the phone rings.
func TestGivingUpCancels(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Ring()
	expect[call.Ringing](t, made)
	made.End(call.Reason{Kind: call.NoAnswer})
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := taken.Last(); got.Method() != "CANCEL" || !strings.HasPrefix(got.Get("Reason"), "Q.850;cause=19") {
		t.Errorf("ended by %q with Reason %q", got.Start, got.Get("Reason"))
	}
	why := expect[call.Ended](t, made).Reason
	if why.Kind != call.NoAnswer || why.SIP.Code != 487 {
		t.Errorf("reason is %+v", why)
	}
	eventually(t, func() bool { return r.Legs() == 0 })
}

// TestCancelWaitsForAProvisionalResponse asks RFC 3261 §9.1.
func TestCancelWaitsForAProvisionalResponse(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	silent := make(chan struct{})
	phone.Lose(func(e siptest.Entry) bool {
		select {
		case <-silent:
			return false
		default:
			return e.Sent // nothing that the phone says arrives
		}
	})
	r := newRig(t, func(c *Config) { c.Grace = time.Hour }, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	made.End(call.Reason{Kind: call.Canceled})
	eventually(t, func() bool { return phone.Count(isRequest("INVITE", false)) >= 3 })
	if n := phone.Count(isRequest("CANCEL", false)); n > 0 {
		t.Errorf("%d CANCELs before a provisional response", n)
	}
	close(silent)
	taken.Ring()
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, made)
}

// TestAnswerThatCrossesCancelIsHungUp asks for ACK and BYE.
func TestAnswerThatCrossesCancelIsHungUp(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	phone.Lose(isRequest("CANCEL", false)) // it comes too late: the phone never sees it
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Ring()
	expect[call.Ringing](t, made)
	made.End(call.Reason{Kind: call.Canceled})
	eventually(t, func() bool { return phone.Count(isRequest("CANCEL", false)) > 0 })
	taken.Answer()
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if phone.Count(isRequest("ACK", false)) == 0 || taken.Last().Method() != "BYE" {
		t.Errorf("%d ACKs, ended by %q", phone.Count(isRequest("ACK", false)), taken.Last().Start)
	}
	if why := expect[call.Ended](t, made).Reason; why.Kind != call.Canceled {
		t.Errorf("reason is %+v", why)
	}
}

// TestSlowTrunkIsCanceled asks that a trunk that we gave up for another does
// not go on ringing.
func TestSlowTrunkIsCanceled(t *testing.T) {
	t.Parallel()
	slow, viaSlow := callee(t, "slow", nil)
	quick, viaQuick := callee(t, "quick", nil)
	mute := make(chan struct{})
	slow.Lose(func(e siptest.Entry) bool {
		select {
		case <-mute:
			return false
		default:
			return e.Sent
		}
	})
	r := newRig(t, impatient, viaSlow, viaQuick)
	made := r.dial(t, "+15557770000")
	late := next(t, slow)
	next(t, quick).Answer()
	expect[call.Answered](t, made)
	close(mute)
	late.Ring()
	if err := late.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if late.Last().Method() != "CANCEL" || len(made.news) != 0 {
		t.Errorf("ended by %q", late.Last().Start)
	}
}

// TestSlowTrunkIsCanceledAfterTheCall asks the same where the call is over by then.
func TestSlowTrunkIsCanceledAfterTheCall(t *testing.T) {
	t.Parallel()
	slow, viaSlow := callee(t, "slow", nil)
	quick, viaQuick := callee(t, "quick", nil)
	slow.Lose(func(e siptest.Entry) bool { return e.Sent })
	r := newRig(t, impatient, viaSlow, viaQuick)
	made := r.dial(t, "+15557770000")
	late := next(t, slow)
	next(t, quick).Busy()
	expect[call.Ended](t, made)
	eventually(t, func() bool { return r.Legs() == 0 })
	slow.Lose(nil)
	late.Ring()
	if err := late.WaitEnded(within(t)); err != nil || late.Last().Method() != "CANCEL" {
		t.Errorf("%v, ended by %v", err, late.Last())
	}
	eventually(t, func() bool { _, clients := r.transactions.Count(); return clients == 0 })
}
