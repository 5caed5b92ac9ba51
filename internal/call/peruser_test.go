package call_test

import (
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestEmergencyNumberFreesNoOtherCalls: only calls to emergency numbers alone do not count.
func TestEmergencyNumberFreesNoOtherCalls(t *testing.T) {
	run(t, func(w *world) {
		table, err := trunk.NewTable(nil, nil)
		w.must(err)
		w.rules, err = permit.New(permit.Config{Numbers: calltest.Numbers{ourPhone}, Trunks: table, PerUser: 1})
		w.must(err)
		w.Registry = w.remake(false)
		begin := func(targets ...string) error {
			b := call.Begin{From: ann, CallerID: phone(ourPhone)}
			for _, number := range targets {
				b.Targets = append(b.Targets, phone(number))
			}
			leg := calltest.Inbound()
			report, err := w.Begin(b, leg)
			if err == nil {
				leg.Told(report)
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

// TestOneUserCannotTakeAllCalls asks that the telephones of a user have so many calls
// at once, to an application too, and that each that ends makes room.
func TestOneUserCannotTakeAllCalls(t *testing.T) {
	run(t, func(w *world) {
		table, err := trunk.NewTable(nil, nil)
		w.must(err)
		w.rules, err = permit.New(permit.Config{Numbers: calltest.Numbers{ourPhone}, Trunks: table, PerUser: 2})
		w.must(err)
		w.Registry = w.remake(false)
		dial := func() (*calltest.Leg, error) {
			leg := calltest.Inbound()
			report, err := w.Incoming(call.Invitation{From: ann, To: phone(ourPhone)}, leg)
			if err == nil {
				leg.Told(report)
				<-w.announcer.Calls
			}
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
