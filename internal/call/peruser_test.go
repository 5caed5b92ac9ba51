package call_test

import (
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// perUser starts over with a bound on the calls of one user.
func (w *world) perUser(most int) {
	w.Helper()
	table, err := trunk.NewTable(nil, nil)
	w.must(err)
	w.rules, err = permit.New(permit.Config{Numbers: calltest.Numbers{ourPhone}, Trunks: table, PerUser: most})
	w.must(err)
	w.Registry = w.remake(false)
}

// begins is a call of a user's telephone to one number or several, as far as they ring.
func (w *world) begins(user identifier.ID, numbers ...string) (*calltest.Leg, error) {
	b := call.Begin{From: user, CallerID: phone(ourPhone)}
	for _, number := range numbers {
		b.Targets = append(b.Targets, phone(number))
	}
	leg := calltest.Inbound()
	report, err := w.Begin(b, leg)
	if err == nil {
		leg.Told(report)
		synctest.Wait()
	}
	return leg, err
}

// calls is a call of ann's telephone to a number of ours, as far as it is announced.
func (w *world) calls() (leg *calltest.Leg, report func(call.Report), announced call.IncomingCall, err error) {
	leg = calltest.Inbound()
	if report, err = w.Incoming(call.Invitation{From: ann, To: phone(ourPhone)}, leg); err == nil {
		leg.Told(report)
		announced = <-w.announcer.Calls
	}
	return leg, report, announced, err
}

// TestEmergencyNumberFreesNoOtherCalls: only calls to emergency numbers alone do not count.
func TestEmergencyNumberFreesNoOtherCalls(t *testing.T) {
	run(t, func(w *world) {
		w.perUser(1)
		begin := func(targets ...string) error {
			_, err := w.begins(ann, targets...)
			if err == nil {
				for range targets {
					<-w.dialer.Dialled
				}
			}
			return err
		}
		w.must(begin("112", aPhone))
		if err := begin("112", aPhone); !fault.Is(err, fault.KindThrottled) {
			t.Errorf("a second group with an emergency number: %v", err)
		}
		w.must(begin("112"))
		w.must(begin("112", "911"))
		w.endAll()
	})
}

// TestNumbersThatAUserAddsAreCalls: each number that a browser calls counts, however it does so.
func TestNumbersThatAUserAddsAreCalls(t *testing.T) {
	run(t, func(w *world) {
		w.perUser(2)
		for range 2 { // what was refused has taken nothing
			if _, err := w.begins(bob, "+15551230001", "+15551230002", "+15551230003"); !fault.Is(err, fault.KindThrottled) {
				t.Errorf("a group of three numbers: %v", err)
			}
		}
		leg, err := w.begins(bob, "+15551230001", "+15551230002")
		w.must(err)
		<-w.dialer.Dialled
		<-w.dialer.Dialled
		leg.HangUp()
		synctest.Wait()

		pages := w.roomOf(call.Presenter)
		w.ChangeRoom("99000000000000001", call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter}, DialsOut: true})
		synctest.Wait()
		add := func(number string) error {
			return pages[0].wants(call.AddWish{Who: phone(number), CallerID: phone(ourPhone), Follow: func(call.Referral) {}})
		}
		w.must(add("+15551230001"))
		first := <-w.dialer.Dialled
		w.must(add("+15551230002"))
		second := <-w.dialer.Dialled
		if err := add("+15551230003"); !fault.Is(err, fault.KindThrottled) {
			t.Errorf("a third number: %v", err)
		}
		w.must(add("112"))
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		first.PickUp()
		synctest.Wait()
		first.HangUp()
		second.Refuse(call.Busy, 486, "Busy Here")
		synctest.Wait()
		w.must(add("+15551230003"))
		w.must(add("+15551230004"))
		w.endAll()
	})
}

// TestNumbersThatAPhoneHandsOverToAreCalls: a telephone that transfers its calls to numbers
// elsewhere has no more of them at once than it could make.
func TestNumbersThatAPhoneHandsOverToAreCalls(t *testing.T) {
	run(t, func(w *world) {
		w.perUser(1)
		dial := func() (func(call.Report), error) {
			_, report, announced, err := w.calls()
			if err == nil {
				_, err = w.Answer(bg, announced.Context, identifier.ID{}, control)
				w.must(err)
				synctest.Wait()
			}
			return report, err
		}
		report, err := dial()
		w.must(err)
		report(call.TransferWanted{To: phone(aPhone), CallerID: phone(ourPhone), Tell: func(call.Referral) {}})
		target := <-w.dialer.Dialled
		target.PickUp()
		synctest.Wait()
		if _, err := dial(); !fault.Is(err, fault.KindThrottled) {
			t.Errorf("a call beside the one that goes on elsewhere: %v", err)
		}
		target.HangUp()
		synctest.Wait()
		if _, err := dial(); err != nil {
			t.Errorf("after its end: %v", err)
		}
		w.endAll()
	})
}

// TestOneUserCannotTakeAllCalls asks that the telephones of a user have so many calls
// at once, to an application too, and that each that ends makes room.
func TestOneUserCannotTakeAllCalls(t *testing.T) {
	run(t, func(w *world) {
		w.perUser(2)
		dial := func() (*calltest.Leg, error) {
			leg, _, _, err := w.calls()
			return leg, err
		}
		first, err := dial()
		w.must(err)
		_, err = dial()
		w.must(err)
		if _, err := dial(); !fault.Is(err, fault.KindThrottled) {
			t.Errorf("a third: %v", err)
		}
		first.HangUp()
		synctest.Wait()
		if _, err := dial(); err != nil {
			t.Errorf("after one has ended: %v", err)
		}
		w.endAll()
	})
}
