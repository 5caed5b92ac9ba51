package sip

import (
	"runtime"
	"strconv"
	"testing"
	"time"
	"weak"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestLostAnswerToBYEIsGivenAgain asks for 200, not 481, although the leg is gone.
func TestLostAnswerToBYEIsGivenAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	lost := 0
	phone.Lose(func(e siptest.Entry) bool {
		if isStatus("BYE", 200, false)(e) && lost == 0 {
			lost++
			return true
		}
		return false
	})
	if err := made.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, taken)
	if again := phone.Count(isStatus("BYE", 200, false)); lost != 1 || again < 2 || phone.Count(isStatus("BYE", 481, false)) > 0 {
		t.Errorf("%d of %d answers were lost, %d were 481", lost, again, phone.Count(isStatus("BYE", 481, false)))
	}
}

// TestINVITEThatWasUnderWayIsNoNewCall repeats the INVITE of a call, while it goes
// on and when it is over: its transaction is forgotten in either case.
func TestINVITEThatWasUnderWayIsNoNewCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	for range 2 {
		if _, err := phone.Request(within(t), "OPTIONS", "x"); err != nil { // what was under way has arrived
			t.Fatal(err)
		}
		before := phone.Count(func(e siptest.Entry) bool { return !e.Sent && e.Message.Method() == "INVITE" })
		if err := phone.Repeat(isRequest("INVITE", true)); err != nil {
			t.Fatal(err)
		}
		if _, err := phone.Request(within(t), "OPTIONS", "x"); err != nil { // whatever the INVITE caused has arrived
			t.Fatal(err)
		}
		if after := phone.Count(func(e siptest.Entry) bool { return !e.Sent && e.Message.Method() == "INVITE" }); after != before {
			t.Errorf("%d answers came to a repeated INVITE", after-before)
		}
		made.Hangup(within(t))
	}
	expect[call.Ended](t, taken)
	if len(r.application.arrived) != 0 {
		t.Error("it became another call")
	}
}

// TestCompletedTransactionsAreBounded asks that memory of what is over is, and that it ends.
func TestCompletedTransactionsAreBounded(t *testing.T) {
	t.Parallel()
	const most = 1000
	s, now := newCompleted(most), time.Now()
	request := func(n int) *sip.Request {
		via := &sip.ViaHeader{Transport: "UDP", Host: "127.0.0.1", Port: 5060, Params: sip.NewParams()}
		via.Params.Add("branch", sip.RFC3261BranchMagicCookie+strconv.Itoa(n))
		made := sip.NewRequest(sip.BYE, sip.Uri{Host: "127.0.0.1"})
		made.AppendHeader(via)
		made.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.BYE})
		return made
	}
	for n := range 3 * most {
		s.note(request(n), now.Add(time.Duration(n)))
	}
	if !s.has(request(3*most-1), now) || s.has(request(0), now) || s.keys.Expire(now) > 2*most {
		t.Errorf("%d are remembered, the last one: %t", s.keys.Expire(now), s.has(request(3*most-1), now))
	}
	if !s.has(request(3*most-1), now.Add(63*sip.T1)) {
		t.Error("the last one is forgotten before 64*T1")
	}
	if later := now.Add(129 * sip.T1); s.has(request(3*most-1), later) || s.keys.Expire(later) != 0 {
		t.Error("they are remembered for ever")
	}
}

// TestTransactionDoesNotKeepTheLeg asks that a refused caller who never acknowledges
// does not keep the leg's sound in memory.
func TestTransactionDoesNotKeepTheLeg(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	phone.Lose(func(e siptest.Entry) bool {
		return e.Sent && e.Message.Method() == "ACK" || !e.Sent && e.Message.Status() >= 300
	})
	made, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	l := weak.Make(taken.Leg.(*leg))
	tx := taken.Leg.(*leg).in.tx
	taken.End(call.Reason{Kind: call.Busy})
	expect[call.Ended](t, taken)
	r.application.arrived, taken.Leg = nil, nil
	eventually(t, func() bool { runtime.GC(); return l.Value() == nil })
	runtime.KeepAlive(tx)
	runtime.KeepAlive(made)
}
