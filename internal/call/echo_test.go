package call_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
)

// echoed is a call to an echo number, established.
func (w *world) echoed() *calltest.Leg {
	w.Helper()
	leg := calltest.Inbound()
	report, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(echoPhone)}, leg)
	if err != nil {
		w.Fatal(err)
	}
	leg.Told(report)
	synctest.Wait()
	return leg
}

func TestEchoNumberAnswersByItself(t *testing.T) {
	run(t, func(w *world) {
		leg := w.echoed()
		if leg.Rung() || w.Active() != 1 {
			t.Errorf("the caller heard ringing: %t; calls: %d", leg.Rung(), w.Active())
		}
		if len(w.announcer.Calls) != 0 {
			t.Error("an application heard of it")
		}
		leg.HangUp()
	})
}

func TestEchoSaysWhatItHears(t *testing.T) {
	run(t, func(w *world) {
		leg := w.echoed()
		time.Sleep(time.Second)
		if heard := leg.Heard(); heard != 0 {
			t.Errorf("%d frames come from a silent phone", heard)
		}
		leg.Speak(true)
		time.Sleep(time.Second)
		if heard := leg.Heard(); heard < 48 || heard > 50 {
			t.Errorf("%d of 50 frames came back", heard)
		}
		leg.HangUp()
	})
}

func TestEchoPressesKeysBack(t *testing.T) {
	run(t, func(w *world) {
		leg := w.echoed()
		leg.Press("1")
		synctest.Wait()
		leg.Press("23#")
		time.Sleep(time.Second)
		if sent := leg.Sent(); sent != "123#" {
			t.Errorf("keys %q came back", sent)
		}
		leg.HangUp()
		leg.Press("4")
	})
}

func TestEchoedCallLastsNoLongerThanOthers(t *testing.T) {
	run(t, func(w *world) {
		leg := w.echoed()
		time.Sleep(longest + time.Second)
		if _, ended := leg.Why(); !ended {
			t.Error("it goes on")
			leg.HangUp()
		}
	})
}

func TestApplicationCallsAnEchoNumber(t *testing.T) {
	run(t, func(w *world) {
		conn, id := w.create(phone(echoPhone))
		w.expect(id, "CallConnected ParticipantsUpdated")
		w.must(conn.HangUp(context.Background()))
	})
}
