package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

const linePhone = "+15557770001"

// TestLineCallsAsAPhone: an application that a user calls by a test line sees a phone
// number, in a call of its own; keys and the end come through.
func TestLineCallsAsAPhone(t *testing.T) {
	run(t, func(w *world) {
		w.lines[linePhone] = ann
		leg := calltest.Inbound()
		report, err := w.Begin(call.Begin{From: ann, Targets: []identifier.ID{phone(ourPhone)}, CallerID: phone(linePhone)}, leg)
		w.must(err)
		leg.Told(report)
		in := <-w.announcer.Calls
		if in.From != phone(linePhone) || in.To != phone(ourPhone) {
			t.Fatalf("the application is called by %s, at %s", in.From, in.To)
		}
		p, err := w.Answer(bg, in.Context, identifier.ID{}, control)
		w.must(err)
		synctest.Wait()
		conn, err := w.Connection(p.ID)
		w.must(err)
		w.must(conn.StartTones(bg, phone(linePhone), call.Context{}))
		leg.Press("5")
		time.Sleep(time.Second) // as long as the key takes
		w.must(conn.HangUp(bg))
		synctest.Wait()
		if _, over := leg.Why(); !over || w.Active() != 0 {
			t.Errorf("the user's call is over: %t; %d calls go on", over, w.Active())
		}
		w.expect(p.ID, "CallConnected ParticipantsUpdated ToneReceived TonesStopped CallDisconnected")
	})
}

// TestOnlyItsUserCallsByALine: to everybody else the number is as foreign as any.
func TestOnlyItsUserCallsByALine(t *testing.T) {
	run(t, func(w *world) {
		w.lines[linePhone] = ann
		leg := calltest.Inbound()
		report, err := w.Begin(call.Begin{From: ben, Targets: []identifier.ID{phone(ourPhone)}, CallerID: phone(linePhone)}, leg)
		w.must(err)
		leg.Told(report)
		if in := <-w.announcer.Calls; in.From != ben {
			t.Errorf("ben calls as %s", in.From)
		}
		if _, err := w.Begin(call.Begin{From: ann, Targets: []identifier.ID{phone(bPhone)}, CallerID: phone(linePhone)}, calltest.Inbound()); !fault.Is(err, fault.KindForbidden) {
			t.Errorf("a call to a number elsewhere shows the line: %v", err)
		}
		w.endAll()
	})
}

// TestApplicationCallsALine: the user's devices ring, no application is told, and the
// application is in a call with a phone number.
func TestApplicationCallsALine(t *testing.T) {
	run(t, func(w *world) {
		w.desks()
		w.lines[linePhone] = ann
		_, id := w.create(phone(linePhone))
		legs := w.ringing(2)
		if got := legs[0].Invitation; got.From != phone(ourPhone) || got.To != ann {
			t.Errorf("the page is called by %s, as %s", got.From, got.To)
		}
		legs[1].PickUp()
		synctest.Wait()
		if len(w.announcer.Calls) != 0 {
			t.Errorf("an application is told of the call to the line: %+v", <-w.announcer.Calls)
		}
		legs[1].HangUp()
		synctest.Wait()
		w.expect(id, "CallConnected ParticipantsUpdated CallDisconnected")
		if w.Active() != 0 {
			t.Errorf("%d calls go on", w.Active())
		}
	})
}

// TestLineWithoutDevicesIsUnavailable: a number that nobody would answer says so at once.
func TestLineWithoutDevicesIsUnavailable(t *testing.T) {
	run(t, func(w *world) {
		w.lines[linePhone] = ann
		_, id := w.create(phone(linePhone))
		synctest.Wait()
		w.expect(id, "CreateCallFailed CallDisconnected")
		if w.Active() != 0 {
			t.Errorf("%d calls go on", w.Active())
		}
	})
}

// TestGuardsHoldForLines: a line is called through the same gate as the number that it
// stands for.
func TestGuardsHoldForLines(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "premium", Prefixes: []string{"+1900"}, Deny: true})
		w.lines[forbidden] = ann
		_, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(forbidden)}, CallerID: phone(ourPhone), Control: control})
		if !fault.Is(err, fault.KindForbidden) {
			t.Errorf("a line is called past a guard: %v", err)
		}
	})
}
