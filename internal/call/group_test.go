package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

func TestMuteIsSeenByAllAndOnce(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Mute(bg, []identifier.ID{phone(aPhone)}))
		w.must(conn.Mute(bg, []identifier.ID{phone(aPhone)}))
		w.expect(id, connected+" ParticipantsUpdated")
		for _, p := range w.last(id).(call.ParticipantsUpdated).Participants {
			if p.Muted != (p.ID == phone(aPhone)) {
				t.Errorf("%s muted is %t", p.ID, p.Muted)
			}
		}
		leg.HangUp()
	})
}

func TestContinuousRecognitionTellsEveryKey(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.StartTones(bg, phone(aPhone), call.Context{}))
		w.must(conn.StartTones(bg, phone(aPhone), call.Context{}))
		leg.Press("1#")
		w.expect(id, connected+" ToneReceived ToneReceived")
		if e := w.last(id).(call.ToneReceived); e.Tone != '#' || e.Sequence != 2 {
			t.Errorf("got %+v", e)
		}
		w.must(conn.StopTones(bg, phone(aPhone), call.Context{}))
		leg.Press("2")
		w.expect(id, connected+" ToneReceived ToneReceived TonesStopped")
		w.must(conn.StopTones(bg, phone(aPhone), call.Context{}))
		w.expect(id, connected+" ToneReceived ToneReceived TonesStopped")
		w.must(conn.StartTones(bg, phone(aPhone), call.Context{}))
		leg.HangUp()
		w.expect(id, connected+" ToneReceived ToneReceived TonesStopped TonesStopped CallDisconnected")
	})
}

func TestGroupIsUpWithItsFirstAnswer(t *testing.T) {
	run(t, func(w *world) {
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone), phone(bPhone)}, CallerID: phone(ourPhone), Control: control})
		w.must(err)
		first, second := <-w.dialer.Dialled, <-w.dialer.Dialled
		w.expect(p.ID, "")
		first.PickUp()
		w.expect(p.ID, connected)
		second.PickUp()
		w.expect(p.ID, connected+" ParticipantsUpdated")
		first.HangUp()
		second.HangUp()
		w.expect(p.ID, connected+" ParticipantsUpdated ParticipantsUpdated CallDisconnected")
	})
}

func TestGroupFailsWhenNobodyAnswers(t *testing.T) {
	run(t, func(w *world) {
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone), phone(bPhone)}, CallerID: phone(ourPhone), Control: control})
		w.must(err)
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		w.expect(p.ID, "")
		(<-w.dialer.Dialled).Refuse(call.Declined, 603, "Decline")
		w.expect(p.ID, "CreateCallFailed CallDisconnected")
	})
}

func TestTransferLeavesThePhonesTogether(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		target := <-w.dialer.Dialled
		if target.Invitation.From != phone(aPhone) {
			t.Errorf("the target sees %s", target.Invitation.From)
		}
		target.PickUp()
		w.expect(id, connected+" CallTransferAccepted CallDisconnected")
		if w.Active() != 1 {
			t.Error("the phones are not connected")
		}
		leg.HangUp()
		synctest.Wait()
		if _, ended := target.Why(); !ended {
			t.Error("the target is left alone")
		}
	})
}

func TestCallWhoseTransferFailsIsWhole(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone), Transferee: phone(aPhone)}))
		if err := conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}); !fault.Is(err, fault.KindConflict) {
			t.Errorf("a second transfer gets %v", err)
		}
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		w.expect(id, connected+" CallTransferFailed")
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" CallTransferFailed PlayStarted PlayCompleted")
		leg.HangUp()
	})
}

func TestHangupDuringTransferEndsEverything(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		target := <-w.dialer.Dialled
		leg.HangUp()
		w.expect(id, connected+" CallTransferFailed CallDisconnected")
		if _, ended := target.Why(); !ended {
			t.Error("the target still rings")
		}
	})
}
