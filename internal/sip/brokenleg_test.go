package sip

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
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

// outward brings a call to a phone up, whose leg has a goroutine that nobody else guards.
func outward(t *testing.T, change func(*Config)) (*rig, *siptest.Call, *testLeg) {
	t.Helper()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, change, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Answer()
	expect[call.Answered](t, made)
	return r, taken, made
}

// does waits for work of a leg's goroutine.
func (l *leg) does(work func()) {
	done := make(chan struct{})
	l.post(func() { work(); close(done) })
	<-done
}

// brokenRecord is the record of a leg that cannot be made.
type brokenRecord struct{}

func (brokenRecord) wire() call.Wire { panic("the record is broken") }

// TestLegWhoseRecordPanicsTellsItsEnd, once: its call would wait for it for ever.
func TestLegWhoseRecordPanicsTellsItsEnd(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]func(*siptest.Call, *leg) error{
		"the phone hangs up": func(far *siptest.Call, _ *leg) error { return far.Hangup(within(t)) },
		"the server stops":   func(_ *siptest.Call, l *leg) error { l.cancel(); return nil },
		"the call ends it": func(far *siptest.Call, l *leg) error {
			l.End(call.Reason{Kind: call.EndedByApplication})
			return far.WaitEnded(within(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, far, made := outward(t, func(c *Config) { c.brokenPatience = 50 * time.Millisecond })
			l := made.Leg.(*leg)
			l.does(func() { l.reports.of = brokenRecord{} })
			if err := ends(far, l); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, made)
			eventually(t, func() bool { return r.legs.count() == 0 })
			if n := len(made.news); n != 0 {
				t.Errorf("%d more reports", n)
			}
		})
	}
}

// TestLegThatPanicsWhenItIsOverFreesWhatItHolds asks it of a REFER whose call panics at its outcome.
func TestLegThatPanicsWhenItIsOverFreesWhatItHolds(t *testing.T) {
	t.Parallel()
	_, _, made := outward(t, nil)
	l := made.Leg.(*leg)
	left := make(chan struct{})
	l.does(func() {
		l.leaveTrunk = func() { close(left) }
		l.sentRefer = &sentRefer{report: func(call.Referral) { panic("the call is broken") }}
	})
	l.cancel() // as the server does that stops
	expect[call.Ended](t, made)
	<-left // the end of the rig waits for the goroutine
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
