package call_test

import (
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestCallIsEndedByWhoLeftAndNotByWhoDidNotCome: a call goes on for those who are on the way in
// after all others have left, in whichever way they left and came.
func TestCallIsEndedByWhoLeftAndNotByWhoDidNotCome(t *testing.T) {
	add := func(w *world, conn *call.Connection) *calltest.Leg {
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
		w.must(err)
		return <-w.dialer.Dialled
	}
	for _, test := range []struct {
		name string
		// lastLeft is a call whose last one has left, and who is on the way in.
		lastLeft func(w *world) (told string, coming *calltest.Leg)
		want     string
	}{
		{"a group that an application calls", func(w *world) (string, *calltest.Leg) {
			p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone), phone(bPhone)}, CallerID: phone(ourPhone), Control: control})
			w.must(err)
			first, second := <-w.dialer.Dialled, <-w.dialer.Dialled
			first.PickUp()
			synctest.Wait()
			first.HangUp()
			return p.ID, second
		}, "the phone hung up"},
		{"a group that a user calls", func(w *world) (string, *calltest.Leg) {
			_, err := w.begins(ann, aPhone, bPhone)
			w.must(err)
			first, second := <-w.dialer.Dialled, <-w.dialer.Dialled
			first.PickUp()
			synctest.Wait()
			first.HangUp()
			return "", second
		}, "the phone hung up"},
		{"the application hangs up", func(w *world) (string, *calltest.Leg) {
			_, conn, _ := w.answered()
			other := w.connects(conn)
			p, err := other.Properties(bg)
			w.must(err)
			coming := add(w, conn)
			w.must(conn.HangUp(bg))
			return p.ID, coming
		}, "the application left the call"},
		{"the other one moves away", func(w *world) (string, *calltest.Leg) {
			_, conn, id := w.answered()
			coming := add(w, conn)
			into, _ := w.create(phone("+15551230003"))
			(<-w.dialer.Dialled).PickUp()
			synctest.Wait()
			w.must(into.Move(bg, call.Move{Who: []identifier.ID{phone(aPhone)}, From: id}))
			synctest.Wait()
			return id, coming
		}, "the other participant moved to another call"},
		{"the other one is transferred", func(w *world) (string, *calltest.Leg) {
			leg, conn, id := w.answered()
			asked := leg.TakesRefer()
			coming := add(w, conn)
			w.must(conn.Transfer(bg, call.Transfer{Target: phone("+15551230003"), Transferee: phone(aPhone)}))
			(<-asked).Told(call.Referral{Outcome: call.ReferralAnswered})
			synctest.Wait()
			return id, coming
		}, "the other participant was transferred"},
		{"the room's list loses the other one", func(w *world) (string, *calltest.Leg) {
			page := w.roomOf(call.Presenter)[0]
			w.ChangeRoom("99000000000000001", call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter}, DialsOut: true})
			synctest.Wait()
			w.must(page.wants(call.AddWish{Who: phone(bPhone), CallerID: phone(ourPhone), Follow: func(call.Referral) {}}))
			coming := <-w.dialer.Dialled
			w.ChangeRoom("99000000000000001", call.RoomChange{Roles: map[string]call.Role{}, DialsOut: true})
			return "", coming
		}, "the room's list no longer has this user"},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				told, coming := test.lastLeft(w)
				synctest.Wait()
				coming.Refuse(call.Declined, 603, "Decline")
				synctest.Wait()
				var why call.Reason
				if told != "" {
					why = w.why(told)
				} else {
					why = w.details.only(t).Why
				}
				if why.Kind == call.Declined || why.Text != test.want {
					t.Errorf("the call ended with %+v", why)
				}
				w.endAll()
			})
		})
	}
}
