package call_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestTargetSeesTheTransferee unless the application gives another number.
func TestTargetSeesTheTransferee(t *testing.T) {
	for _, test := range []struct {
		name     string
		callerID identifier.ID
		want     identifier.ID
	}{
		{"the transferee's number", identifier.ID{}, phone(aPhone)},
		{"sourceCallerIdNumber", phone(ourPhone), phone(ourPhone)},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				leg, conn, id := w.answered()
				headers := map[string]string{"User-To-User": "x"}
				w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone), CallerID: test.callerID, SIPHeaders: headers}))
				target := <-w.dialer.Dialled
				if in := target.Invitation; in.From != test.want || in.SIPHeaders["User-To-User"] != "x" {
					t.Errorf("the target is called from %s with %v", in.From, in.SIPHeaders)
				} else if isForeign := in.From == phone(aPhone); isForeign != slices.Equal(in.Diverted, []identifier.ID{phone(ourPhone)}) {
					t.Errorf("the call from %s was for %v before", in.From, in.Diverted)
				}
				target.PickUp()
				w.expect(id, connected+" CallTransferAccepted CallDisconnected")
				leg.HangUp()
			})
		})
	}
}

// TestTargetIsShownNoBorrowedName: the name that an application gave itself goes
// with a number of its own, and never with the transferee's.
func TestTargetIsShownNoBorrowedName(t *testing.T) {
	for _, test := range []struct {
		name     string
		callerID identifier.ID
		want     string
	}{
		{"the transferee's number", identifier.ID{}, ""},
		{"a number of ours", phone(ourPhone), "Contoso"},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone)}, CallerID: phone(ourPhone), DisplayName: "Contoso", Control: control})
				w.must(err)
				leg := <-w.dialer.Dialled
				leg.PickUp()
				synctest.Wait()
				conn, err := w.Connection(p.ID)
				w.must(err)
				w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone), CallerID: test.callerID}))
				target := <-w.dialer.Dialled
				if got := target.Invitation.DisplayName; got != test.want {
					t.Errorf("the target sees the name %q, want %q", got, test.want)
				}
				target.PickUp()
				w.expect(p.ID, connected+" CallTransferAccepted CallDisconnected")
				leg.HangUp()
			})
		})
	}
}

// TestApplicationIsNoTransferee, in a call of two and in a group, and nothing of
// the transfer is begun.
func TestApplicationIsNoTransferee(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		p, err := conn.Properties(bg)
		w.must(err)
		refused := func() {
			if err := conn.Transfer(bg, call.Transfer{Target: phone(bPhone), Transferee: p.AnsweredBy}); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("the application as transferee gets %v", err)
			}
		}
		refused()
		_, err = conn.Add(bg, call.Add{Who: phone(cPhone), CallerID: phone(ourPhone)})
		w.must(err)
		(<-w.dialer.Dialled).PickUp()
		synctest.Wait()
		refused()
		if err := conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("a group without a transferee gets %v", err)
		}
		if err := conn.Transfer(bg, call.Transfer{Target: phone(bPhone), Transferee: phone("+15550000000")}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("a stranger as transferee gets %v", err)
		}
		other := identifier.NewUser(resource)
		_, err = conn.Add(bg, call.Add{Who: other})
		w.must(err)
		_, err = w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		synctest.Wait()
		if err := conn.Transfer(bg, call.Transfer{Target: phone(bPhone), CallerID: phone(ourPhone), Transferee: other}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("another application as transferee gets %v", err)
		}
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated AddParticipantSucceeded ParticipantsUpdated")
		w.must(conn.Terminate(bg))
		leg.HangUp()
	})
}

// TestTransferToAnIdentity rings for its application, with its context, and the
// call is whole where nobody takes it.
func TestTransferToAnIdentity(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		user := identifier.NewUser(resource)
		given := map[string]string{"customer": "7"}
		w.must(conn.Transfer(bg, call.Transfer{Target: user, VoIPHeaders: given}))
		in := <-w.announcer.Calls
		if in.From != phone(aPhone) || in.To != user || in.VoIPHeaders["customer"] != "7" {
			t.Errorf("announced %s to %s with %v", in.From, in.To, in.VoIPHeaders)
		}
		w.must(w.Reject(bg, in.Context, call.Declined))
		w.expect(id, connected+" CallTransferFailed")

		w.must(conn.Transfer(bg, call.Transfer{Target: user}))
		<-w.announcer.Calls
		time.Sleep(31 * time.Second)
		w.expect(id, connected+" CallTransferFailed CallTransferFailed")
		if why := w.last(id).(call.CallTransferFailed).Reason; why.Kind != call.NoAnswer {
			t.Errorf("reason is %+v", why)
		}

		w.must(conn.Transfer(bg, call.Transfer{Target: user}))
		p, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		w.expect(id, connected+" CallTransferFailed CallTransferFailed CallTransferAccepted CallDisconnected")
		w.expect(p.ID, "CallConnected ParticipantsUpdated")
		if list := w.ids(p.ID); len(list) != 2 || !has(list, user) || !has(list, phone(aPhone)) {
			t.Errorf("the roster is %v", list)
		}
		leg.HangUp()
	})
}

// TestHoldSurvivesAFailedTransfer: who was on hold still is, and its music plays.
func TestHoldSurvivesAFailedTransfer(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		synctest.Wait()
		p, err := conn.Participant(bg, phone(aPhone))
		w.must(err)
		before := leg.Heard()
		time.Sleep(2 * time.Second)
		if !p.OnHold || leg.Heard()-before < 80 {
			t.Errorf("on hold: %t, %d frames of music in 2 s", p.OnHold, leg.Heard()-before)
		}
		leg.HangUp()
	})
}

// TestTransferThatFailsEndsADesertedCall: the application and the transferee have
// left while the target rang.
func TestTransferThatFailsEndsADesertedCall(t *testing.T) {
	run(t, func(w *world) {
		leg := calltest.Inbound()
		report, err := w.Incoming(call.Invitation{From: identifier.NewUser(resource), To: phone(ourPhone)}, leg)
		w.must(err)
		leg.Told(report)
		p, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		synctest.Wait()
		conn, err := w.Connection(p.ID)
		w.must(err)
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone), CallerID: phone(ourPhone)}))
		target := <-w.dialer.Dialled
		_, err = conn.Add(bg, call.Add{Who: phone("+15551230009"), CallerID: phone(ourPhone)})
		w.must(err)
		added := <-w.dialer.Dialled
		w.must(conn.HangUp(bg)) // a user is left, so the group goes on
		leg.HangUp()
		added.Refuse(call.Busy, 486, "Busy Here")
		synctest.Wait()
		if w.Active() != 1 {
			t.Error("the call ended before its target decided")
		}
		target.Refuse(call.Declined, 603, "Decline")
		synctest.Wait()
		if w.Active() != 0 {
			t.Error("the call goes on with nobody in it")
		}
	})
}
