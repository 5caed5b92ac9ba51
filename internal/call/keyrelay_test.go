package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
)

// userCalls has a user's telephone call a number, which picks up.
func (w *world) userCalls() (near, far *calltest.Leg) {
	near = calltest.Inbound()
	report, err := w.Incoming(call.Invitation{From: ann, To: phone(bPhone), CallerID: phone(ourPhone)}, near)
	w.must(err)
	near.Told(report)
	far = <-w.dialer.Dialled
	far.PickUp()
	synctest.Wait()
	return near, far
}

// TestKeysOfAUsersTelephoneReachTheNumberItCalls: without an application the keys are
// for the other end, such as the menu of a bank.
func TestKeysOfAUsersTelephoneReachTheNumberItCalls(t *testing.T) {
	run(t, func(w *world) {
		leg, far := w.userCalls()
		leg.Press("42#")
		time.Sleep(time.Second)
		if got := far.Sent(); got != "42#" {
			t.Errorf("the number hears the keys %q", got)
		}
		w.endAll()
	})
}

// TestKeysThatTheFarEndDoesNotTakeAreForgotten: where it holds the call for longer than keys
// wait, it does not hear them when it comes back.
func TestKeysThatTheFarEndDoesNotTakeAreForgotten(t *testing.T) {
	run(t, func(w *world) {
		leg, far := w.userCalls()
		far.RefuseTones(errors.New("it holds the call"))
		leg.Press("123")
		time.Sleep(time.Second)
		far.RefuseTones(nil)
		leg.Press("9")
		time.Sleep(time.Second)
		if got := far.Sent(); got != "9" {
			t.Errorf("the number hears the keys %q", got)
		}
		w.endAll()
	})
}
