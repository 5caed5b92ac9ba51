package call_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

const bPhone = "+15551230002"

// added is a call between a phone, the application, and a second phone.
func (w *world) added() (first, second *calltest.Leg, conn *call.Connection, id string) {
	w.Helper()
	first, conn, id = w.answered()
	_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone), Context: call.Context{Operation: "add"}})
	w.must(err)
	second = <-w.dialer.Dialled
	second.PickUp()
	w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated")
	return first, second, conn, id
}

func TestAddedPhoneJoins(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		if from := second.Invitation.From; from != phone(ourPhone) {
			t.Errorf("the second phone sees %s", from)
		}
		list, err := conn.Participants(bg)
		w.must(err)
		if len(list) != 3 {
			t.Errorf("participants are %v", list)
		}
		second.HangUp()
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated")
		first.HangUp()
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated CallDisconnected")
	})
}

func TestAddThatIsDeclinedLeavesNoGhost(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
		w.must(err)
		(<-w.dialer.Dialled).Refuse(call.Declined, 603, "Decline")
		w.expect(id, connected+" AddParticipantFailed")
		if why := w.last(id).(call.AddParticipantFailed).Reason; why.Kind != call.Declined || why.SIP.Code != 603 {
			t.Errorf("reason is %+v", why)
		}
		list, err := conn.Participants(bg)
		w.must(err)
		if len(list) != 2 {
			t.Errorf("participants are %v", list)
		}
		first.HangUp()
	})
}

// TestCallEndsForTheReasonOfWhoLeft: a call goes on for those who are being called, after all
// others have left. Where none of them comes, they are not what ended it.
func TestCallEndsForTheReasonOfWhoLeft(t *testing.T) {
	for _, test := range []struct {
		name  string
		leave func(w *world, first *calltest.Leg, conn *call.Connection)
		fail  func(w *world, called *calltest.Leg, conn *call.Connection, invitation string)
		want  string
	}{
		{"the caller, then the add is declined", hangsUp, declines, "the phone hung up"},
		{"the caller, then the add is canceled", hangsUp, func(w *world, _ *calltest.Leg, conn *call.Connection, invitation string) {
			w.must(conn.CancelAdd(bg, invitation, call.Context{}))
		}, "the phone hung up"},
		{"the caller is removed, then the add is declined", func(w *world, _ *calltest.Leg, conn *call.Connection) {
			w.must(conn.Remove(bg, phone(aPhone), call.Context{}))
		}, declines, "the other participant was removed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				first, conn, id := w.answered()
				invitation, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
				w.must(err)
				called := <-w.dialer.Dialled
				test.leave(w, first, conn)
				synctest.Wait()
				test.fail(w, called, conn, invitation)
				if why := w.why(id); why.Kind != call.EndedByPeer || why.Text != test.want {
					t.Errorf("the call ended with %+v", why)
				}
			})
		})
	}
}

func hangsUp(_ *world, first *calltest.Leg, _ *call.Connection) { first.HangUp() }

func declines(_ *world, called *calltest.Leg, _ *call.Connection, _ string) {
	called.Refuse(call.Declined, 603, "Decline")
}

func TestInvitationTimesOut(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone), Patience: 10 * time.Second})
		w.must(err)
		<-w.dialer.Dialled
		time.Sleep(11 * time.Second)
		w.expect(id, connected+" AddParticipantFailed")
		first.HangUp()
	})
}

// TestWhoIsInvitedRingsOnce: an add of somebody whom another add still calls is refused, by
// whichever application; after the end of that one, or its cancellation, it is not.
func TestWhoIsInvitedRingsOnce(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		add := call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)}
		invitation, err := conn.Add(bg, add)
		w.must(err)
		<-w.dialer.Dialled
		if _, err := conn.Add(bg, add); !fault.Is(err, fault.KindConflict) || !strings.Contains(err.Error(), "being invited already") {
			t.Errorf("a second add gets %v", err)
		}
		w.must(conn.CancelAdd(bg, invitation, call.Context{}))
		_, err = conn.Add(bg, add)
		w.must(err)
		again := <-w.dialer.Dialled
		again.Refuse(call.Declined, 603, "Decline")
		w.expect(id, connected+" CancelAddParticipantSucceeded AddParticipantFailed")
		_, err = conn.Add(bg, add)
		w.must(err)
		joined := <-w.dialer.Dialled
		joined.Answer()
		w.expect(id, connected+" CancelAddParticipantSucceeded AddParticipantFailed AddParticipantSucceeded ParticipantsUpdated")
		joined.HangUp()
		first.HangUp()
	})
}

func TestCanceledAddNeverJoins(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		invitation, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)})
		w.must(err)
		in := <-w.announcer.Calls
		if !in.Added {
			t.Error("the invitation does not say that it is an addition")
		}
		w.must(conn.CancelAdd(bg, invitation, call.Context{}))
		w.expect(id, connected+" CancelAddParticipantSucceeded")
		if _, err := w.Answer(bg, in.Context, identifier.ID{}, control); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("answering a canceled invitation gets %v", err)
		}
		w.must(conn.CancelAdd(bg, invitation, call.Context{}))
		w.expect(id, connected+" CancelAddParticipantSucceeded CancelAddParticipantFailed")
		first.HangUp()
	})
}

// TestAddThatAnotherConnectionCancelsFails: who asked for the add hears of its end,
// even where somebody else called it off.
func TestAddThatAnotherConnectionCancelsFails(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		p, err := conn.Properties(bg)
		w.must(err)
		invitation, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)})
		w.must(err)
		<-w.announcer.Calls
		joined, err := w.Connect(bg, call.Locator{ServerCallID: p.ServerCallID}, control)
		w.must(err)
		synctest.Wait()
		watcher, err := w.Connection(joined.ID)
		w.must(err)
		w.must(watcher.CancelAdd(bg, invitation, call.Context{}))
		w.expect(id, connected+" AddParticipantFailed")
		w.expect(joined.ID, connected+" CancelAddParticipantSucceeded")
		first.HangUp()
	})
}

func TestAddedIdentityControlsItsOwnEnd(t *testing.T) {
	run(t, func(w *world) {
		first, conn, a := w.answered()
		_, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)})
		w.must(err)
		p, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		w.expect(a, connected+" AddParticipantSucceeded ParticipantsUpdated")
		w.expect(p.ID, connected)
		if mine, theirs := w.last(a).(call.ParticipantsUpdated), w.last(p.ID).(call.ParticipantsUpdated); mine.Sequence != theirs.Sequence || len(theirs.Participants) != 3 {
			t.Errorf("rosters differ: %+v, %+v", mine, theirs)
		}
		w.must(conn.HangUp(bg)) // a group goes on
		w.expect(a, connected+" AddParticipantSucceeded ParticipantsUpdated CallDisconnected")
		w.expect(p.ID, connected+" ParticipantsUpdated")
		first.HangUp()
		w.expect(p.ID, connected+" ParticipantsUpdated CallDisconnected")
	})
}

func TestPhonesAloneAreCutOff(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, _ := w.added()
		w.must(conn.HangUp(bg))
		synctest.Wait()
		for _, leg := range []*calltest.Leg{first, second} {
			if _, ended := leg.Why(); !ended {
				t.Error("a phone is left in a call without an application")
			}
		}
	})
}

func TestRemovedParticipantIsGone(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		w.must(conn.Remove(bg, phone(bPhone), call.Context{}))
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated RemoveParticipantSucceeded ParticipantsUpdated")
		if why, ended := second.Why(); !ended || why.Kind != call.Removed {
			t.Errorf("the phone ended with %+v, %t", why, ended)
		}
		if err := conn.Remove(bg, phone(bPhone), call.Context{}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("removing it again gets %v", err)
		}
		first.HangUp()
	})
}

func TestCallHasThreeHundredAndFiftyParticipantsAtMost(t *testing.T) {
	run(t, func(w *world) {
		_, conn, id := w.answered() // two
		number := func(i int) identifier.ID { return phone(fmt.Sprintf("+1555124%04d", i)) }
		var legs []*calltest.Leg
		for i := range call.MaxParticipants - 2 {
			_, err := conn.Add(bg, call.Add{Who: number(i), CallerID: phone(ourPhone)})
			w.must(err)
			leg := <-w.dialer.Dialled
			leg.PickUp()
			legs = append(legs, leg)
			synctest.Wait()
		}
		_, err := conn.Add(bg, call.Add{Who: number(999), CallerID: phone(ourPhone)})
		if !errors.Is(err, call.CallFull) {
			t.Errorf("one more gets %v", err)
		}
		time.Sleep(time.Second) // many changes are told together
		if n := len(w.last(id).(call.ParticipantsUpdated).Participants); n != call.MaxParticipants {
			t.Errorf("%d participants are listed", n)
		}
		legs[0].HangUp()
		synctest.Wait()
		if _, err = conn.Add(bg, call.Add{Who: number(999), CallerID: phone(ourPhone)}); err != nil {
			t.Errorf("after one has left: %v", err)
		}
		w.must(conn.Terminate(bg))
	})
}
