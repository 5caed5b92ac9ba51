package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

func TestMovedPhoneIsInTheOtherCall(t *testing.T) {
	run(t, func(w *world) {
		first, _, a := w.answered()
		conn, b := w.create(phone(bPhone))
		second := <-w.dialer.Dialled
		second.PickUp()
		w.expect(b, connected)
		w.must(conn.Move(bg, call.Move{Who: []identifier.ID{phone(aPhone)}, From: a, Context: call.Context{Operation: "move"}}))
		time.Sleep(100 * time.Millisecond)
		w.expect(a, connected+" CallDisconnected")
		w.expect(b, connected+" MoveParticipantSucceeded ParticipantsUpdated")
		if _, ended := first.Why(); ended {
			t.Fatal("the phone was hung up on the way")
		}
		// It is a participant like any other there.
		w.must(conn.Recognize(bg, call.Recognize{Target: phone(aPhone), MaxTones: 1, InitialSilence: 5 * time.Second, InterTone: time.Second}))
		synctest.Wait()
		first.Press("7")
		w.expect(b, connected+" MoveParticipantSucceeded ParticipantsUpdated RecognizeCompleted")
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		if first.Heard() != 50 || second.Heard() != 50 {
			t.Errorf("the phones heard %d and %d frames of 50", first.Heard(), second.Heard())
		}
		first.HangUp()
		second.HangUp()
	})
}

// TestMoveThatPanicsWaitsForNobodyTwice: the phone was on its way already, which the call that wants
// it hears as well as that it does not come.
func TestMoveThatPanicsWaitsForNobodyTwice(t *testing.T) {
	run(t, func(w *world) {
		f := w.faulty()
		_, _, from := w.answered()
		conn, id := w.create(phone(bPhone))
		second := <-w.dialer.Dialled
		second.PickUp()
		synctest.Wait()
		f.at("leg gone")
		w.must(conn.Move(bg, call.Move{Who: []identifier.ID{phone(aPhone)}, From: from}))
		time.Sleep(2 * time.Minute)
		if n := conn.StaysFor(); n != 0 {
			t.Errorf("the call stays for %d", n)
		}
		w.expect(id, connected+" MoveParticipantFailed")
		second.HangUp()
	})
}

func TestMoveOfSomebodyWhoIsNotThereFails(t *testing.T) {
	run(t, func(w *world) {
		leg, _, a := w.answered()
		conn, b := w.create(phone(bPhone))
		second := <-w.dialer.Dialled
		second.PickUp()
		w.expect(b, connected)
		w.must(conn.Move(bg, call.Move{Who: []identifier.ID{phone("+15559990000")}, From: a}))
		w.expect(b, connected+" MoveParticipantFailed")
		if err := conn.Move(bg, call.Move{From: "nowhere"}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("moving out of no call gets %v", err)
		}
		if err := conn.Move(bg, call.Move{From: b}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("moving out of the same call gets %v", err)
		}
		leg.HangUp()
		second.HangUp()
	})
}

func TestTransferOutOfAGroup(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone("+15551230003"), Transferee: phone(bPhone), CallerID: phone(ourPhone)}))
		target := <-w.dialer.Dialled
		synctest.Wait()
		if n := w.Awaited(); n != 1 {
			t.Errorf("the group waits for the ends of %d calls", n)
		}
		target.PickUp()
		time.Sleep(100 * time.Millisecond)
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated CallTransferAccepted ParticipantsUpdated")
		if n := w.Awaited(); n != 0 {
			t.Errorf("the transferee has come, and the end of its call is waited for: %d", n)
		}
		if w.Active() != 2 {
			t.Errorf("%d calls go on, want the group and the two phones", w.Active())
		}
		second.HangUp()
		synctest.Wait()
		if _, ended := target.Why(); !ended {
			t.Error("the target is left alone")
		}
		first.HangUp()
	})
}

// TestLastOtherOfAGroupIsTransferred: a call of two that was a call of three. Nobody else could
// be meant, and the application is told of its success before its end.
func TestLastOtherOfAGroupIsTransferred(t *testing.T) {
	for name, transferee := range map[string]identifier.ID{"named": phone(aPhone), "not named": {}} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				first, second, conn, id := w.added()
				second.HangUp()
				synctest.Wait()
				w.must(conn.Transfer(bg, call.Transfer{Target: phone("+15551230003"), Transferee: transferee, CallerID: phone(ourPhone)}))
				target := <-w.dialer.Dialled
				target.PickUp()
				time.Sleep(100 * time.Millisecond)
				w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated CallTransferAccepted CallDisconnected")
				first.Speak(true)
				time.Sleep(time.Second)
				if target.Heard() < 40 {
					t.Error("the target does not hear the transferee")
				}
				first.HangUp()
				synctest.Wait()
				if _, ended := target.Why(); !ended {
					t.Error("the target is left alone")
				}
			})
		})
	}
}

func TestTransferOutOfAGroupThatEndsStopsRinging(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone("+15551230003"), Transferee: phone(bPhone), CallerID: phone(ourPhone)}))
		target := <-w.dialer.Dialled
		w.must(conn.Terminate(bg))
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated CallTransferFailed CallDisconnected")
		if _, ended := target.Why(); !ended {
			t.Error("the target still rings")
		}
		_, _ = first, second
	})
}
