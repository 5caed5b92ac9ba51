package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
)

// sentOn is a caller whom the application has sent on to a phone that rings.
func sentOn(w *world) (caller, callee *calltest.Leg) {
	w.Helper()
	caller, in := w.incoming()
	w.must(w.Redirect(bg, in.Context, call.Redirect{Target: phone(bPhone)}))
	return caller, <-w.dialer.Dialled
}

func TestRedirectedCallerHearsTheFarEndEarly(t *testing.T) {
	run(t, func(w *world) {
		caller, callee := sentOn(w)
		callee.Speak(true)
		callee.Sound()
		time.Sleep(time.Second)
		early := caller.Heard()
		if early < 40 {
			t.Errorf("%d frames of a second were heard before the answer", early)
		}
		caller.Press("7#")
		callee.Press("1")
		time.Sleep(time.Second)
		if callee.Sent() != "7#" || caller.Sent() != "1" {
			t.Errorf("keys passed on: %q and %q", callee.Sent(), caller.Sent())
		}
		callee.PickUp()
		time.Sleep(time.Second)
		if now := caller.Heard(); now < early+80 {
			t.Errorf("%d frames were heard after the answer", now-early)
		}
		caller.HangUp()
		synctest.Wait()
		if _, ended := callee.Why(); !ended {
			t.Error("the far end goes on")
		}
	})
}

func TestEarlySoundEndsWithItsLeg(t *testing.T) {
	for name, end := range map[string]func(caller, callee *calltest.Leg){
		"the far end refuses": func(_, callee *calltest.Leg) { callee.Refuse(call.Busy, 486, "Busy Here") },
		"the caller gives up": func(caller, _ *calltest.Leg) { caller.HangUp() },
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				caller, callee := sentOn(w)
				callee.Speak(true)
				callee.Sound()
				time.Sleep(time.Second)
				end(caller, callee)
				time.Sleep(100 * time.Millisecond) // a few ticks of the mix
				_, here := caller.Why()
				_, there := callee.Why()
				heard := caller.Heard()
				time.Sleep(time.Second)
				if !here || !there || caller.Heard() != heard {
					t.Errorf("ended %v and %v, %d frames later", here, there, caller.Heard()-heard)
				}
			})
		})
	}
}

func TestEarlySoundOfWhoMayNotHearItIsLeft(t *testing.T) {
	run(t, func(w *world) {
		caller, callee := sentOn(w)
		caller.Silent = true // a caller who made no offer
		callee.Speak(true)
		callee.Sound()
		time.Sleep(time.Second)
		if caller.Heard() != 0 || !callee.TakeEarly() {
			t.Error("the far end's sound was taken for nobody")
		}
		callee.HangUp()
	})
}

// TestKeysAreTheApplicationsWhileThereIsOne asks that keys go on between phones
// alone, and not to the other party of a call that an application controls.
func TestKeysAreTheApplicationsWhileThereIsOne(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		target := <-w.dialer.Dialled
		leg.Press("1")
		target.PickUp()
		synctest.Wait()
		leg.Press("2")
		time.Sleep(time.Second)
		if got := target.Sent(); got != "2" {
			t.Errorf("the other phone was pressed %q", got)
		}
		leg.HangUp()
	})
}
