package call_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// guarded starts over with rules.
func (w *world) guarded(guards ...permit.Guard) {
	w.Helper()
	table, err := trunk.NewTable([]trunk.Trunk{{Name: "strict", Host: "192.0.2.1"}}, nil)
	if err != nil {
		w.Fatal(err)
	}
	w.rules, err = permit.New(permit.Config{Numbers: calltest.Numbers{ourPhone}, Trunks: table, Guards: guards, OwnCaller: func() string { return ourPhone }})
	if err != nil {
		w.Fatal(err)
	}
	w.Registry = w.remake(false)
}

func calling(numbers ...string) call.Create {
	c := call.Create{CallerID: phone(ourPhone), By: permit.PrimaryKey, Control: control}
	for _, number := range numbers {
		c.Targets = append(c.Targets, phone(number))
	}
	return c
}

// TestGuardRefusesWhoAsks asks that each verb that calls a phone is refused at
// once, and that nothing of it is begun.
func TestGuardRefusesWhoAsks(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "premium", Prefixes: []string{"+1900"}, Deny: true})
		premium := phone("+19005550100")
		refused := func(what string, err error) {
			w.Helper()
			if !fault.Is(err, fault.KindForbidden) || !strings.Contains(err.Error(), `Guard "premium"`) {
				w.Errorf("%s: %v", what, err)
			}
		}
		_, err := w.Create(context.Background(), calling(aPhone, "+19005550100"))
		refused("create", err)
		leg, conn, _ := w.answered()
		_, err = conn.Add(context.Background(), call.Add{Who: premium, CallerID: phone(ourPhone)})
		refused("add", err)
		refused("transfer", conn.Transfer(context.Background(), call.Transfer{Target: premium}))
		_, in := w.incoming()
		refused("redirect", w.Redirect(context.Background(), in.Context, call.Redirect{Target: premium}))
		if err := w.Reject(context.Background(), in.Context, call.Busy); err != nil {
			w.Errorf("the call that was not redirected: %v", err)
		}
		leg.HangUp()
		synctest.Wait()
		if n := w.Active(); n != 0 {
			w.Errorf("%d calls are left", n)
		}
	})
}

// TestPlaceInALimitEndsWithTheLeg asks that a call takes one place, whatever
// becomes of its leg, and gives it back.
func TestPlaceInALimitEndsWithTheLeg(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "one", Concurrent: 1})
		for range 3 {
			made, err := w.Create(context.Background(), calling(aPhone))
			if err != nil {
				w.Fatal(err)
			}
			if _, err := w.Create(context.Background(), calling(aPhone)); !fault.Is(err, fault.KindThrottled) {
				w.Errorf("a second: %v", err)
			}
			leg := <-w.dialer.Dialled
			leg.PickUp()
			synctest.Wait()
			leg.HangUp()
			w.expect(made.ID, "CallConnected ParticipantsUpdated CallDisconnected")
		}
	})
}

// TestUnownedCallerIDFailsTheCall asks for CreateCallFailed with ACS's code, as
// the service accepts the request first.
func TestUnownedCallerIDFailsTheCall(t *testing.T) {
	run(t, func(w *world) {
		w.guarded()
		c := calling(aPhone)
		c.CallerID = phone("+15559999999")
		made, err := w.Create(context.Background(), c)
		w.must(err)
		w.expect(made.ID, "CreateCallFailed CallDisconnected")
		failed := w.published.Events(made.ID)[0].(call.CreateCallFailed)
		if failed.Reason.Kind != call.CallerIDRefused || !strings.Contains(failed.Reason.Text, "+15559999999") {
			w.Errorf("got %+v", failed)
		}
	})
}

// TestTransferShowsTheTransferee asks that a caller's own number passes where
// one that the application makes up does not.
func TestTransferShowsTheTransferee(t *testing.T) {
	run(t, func(w *world) {
		w.guarded()
		caller, conn, id := w.answered()
		if err := conn.Transfer(context.Background(), call.Transfer{Target: phone("+15557770000"), CallerID: phone("+15559999999")}); err != nil {
			w.Fatal(err)
		}
		if failed, ok := w.last(id).(call.CallTransferFailed); !ok || failed.Reason.Kind != call.CallerIDRefused {
			w.Errorf("made up: %+v", w.last(id))
		}
		if err := conn.Transfer(context.Background(), call.Transfer{Target: phone("+15557770000")}); err != nil {
			w.Fatal(err)
		}
		leg := <-w.dialer.Dialled
		if leg.Invitation.From != phone(aPhone) {
			w.Errorf("shows %s", leg.Invitation.From)
		}
		leg.PickUp()
		synctest.Wait()
		caller.HangUp()
	})
}
