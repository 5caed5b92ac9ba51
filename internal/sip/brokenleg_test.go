package sip

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

func TestLegThatPanicsEndsAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	other, otherTaken := r.connect(t, r.phone(t, nil))
	made, taken := r.connect(t, r.phone(t, nil))
	l := taken.Leg.(*leg)
	l.post(func() { panic("the leg is broken") })
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal("the phone heard no BYE:", err)
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Failed {
		t.Errorf("the call hears %+v", why)
	}
	<-l.ctx.Done() // its goroutine has freed what it held
	otherTaken.End(call.Reason{Kind: call.EndedByApplication})
	if err := other.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
}

func TestLegThatPanicsTwiceIsOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	if _, err := phone.Call("+15551230001"); err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	l := taken.Leg.(*leg)
	l.post(func() { l.broken = true; panic("the leg is broken again") })
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Failed {
		t.Errorf("the call hears %+v", why)
	}
	<-l.ctx.Done()
}

// TestLegThatPanicsAtItsACKIsHungUp: no other ACK will come that the BYE could wait for.
func TestLegThatPanicsAtItsACKIsHungUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	l := taken.Leg.(*leg)
	l.post(func() { l.phase = accepting; panic("the ACK is broken") })
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal("the phone heard no BYE:", err)
	}
	expect[call.Ended](t, taken)
	<-l.ctx.Done()
}

// TestBrokenLegIsGivenUp: it panics while it ends already, so that nothing comes any more.
func TestBrokenLegIsGivenUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.brokenPatience = 50 * time.Millisecond })
	_, taken := r.connect(t, r.phone(t, nil))
	l := taken.Leg.(*leg)
	l.post(func() { l.phase, l.leaving = ending, &errBroken; panic("the end is broken") })
	expect[call.Ended](t, taken)
	<-l.ctx.Done()
}

func TestCallerOfABrokenSwitchboardGets500(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	r.application.broken.Store(true)
	made, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	if err := made.WaitAnswered(within(t)); err == nil {
		t.Fatal("the call was answered")
	}
	if n := distinct(phone, isStatus("INVITE", 500, false)); n != 1 {
		t.Errorf("%d answers are 500, want one", n)
	}
	r.application.broken.Store(false)
	r.connect(t, phone)
}

// TestRequestThatPanicsEndsNothingElse has one whose transaction takes no answer either.
func TestRequestThatPanicsEndsNothingElse(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	answered := make(chan struct{})
	request := sip.NewRequest(sip.OPTIONS, sip.Uri{Host: "127.0.0.1"})
	callID := sip.CallIDHeader("a call")
	request.AppendHeader(&callID)
	go func() {
		defer close(answered)
		defer r.caughtRequest(request, &transaction.Server{})
		panic("the request is broken")
	}()
	<-answered // and the process lives
}
