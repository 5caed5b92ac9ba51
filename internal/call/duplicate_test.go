package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// TestTargetNamedTwiceIsCalledOnce asks that a create with a target twice has one
// leg, one place in a guard's limit, and gives it back.
func TestTargetNamedTwiceIsCalledOnce(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "one", Concurrent: 1})
		for range 3 {
			twice := calling(aPhone)
			twice.Targets = append(twice.Targets, twice.Targets[0])
			made, err := w.Create(bg, twice)
			w.must(err)
			if len(made.Targets) != 1 {
				t.Errorf("targets are %v", made.Targets)
			}
			leg := <-w.dialer.Dialled
			leg.PickUp()
			synctest.Wait()
			if len(w.dialer.Dialled) != 0 {
				t.Error("it was dialled twice")
			}
			leg.HangUp()
			w.expect(made.ID, "CallConnected ParticipantsUpdated CallDisconnected")
		}
	})
}

// TestParticipantNamedTwiceCountsOnce asks the same of the other lists.
func TestParticipantNamedTwiceCountsOnce(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		twice := []identifier.ID{phone(bPhone), phone(bPhone)}
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: twice}))
		w.must(conn.Mute(bg, twice))
		time.Sleep(5 * time.Second)
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated ParticipantsUpdated PlayStarted PlayCompleted ParticipantsUpdated")
		_, other, otherID := w.answeredBy(cPhone)
		w.must(other.Move(bg, call.Move{Who: twice, From: id}))
		time.Sleep(100 * time.Millisecond)
		w.expect(otherID, connected+" MoveParticipantSucceeded ParticipantsUpdated")
		first.HangUp()
		second.HangUp()
		w.must(other.Terminate(bg))
	})
}

// TestPlayToTwoOccupiesBoth asks that neither listener of a play takes a second one,
// and that both hear it.
func TestPlayToTwoOccupiesBoth(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		both := []identifier.ID{phone(aPhone), phone(bPhone)}
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: both, Loop: true}))
		for _, who := range both {
			if err := conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{who}}); !fault.Is(err, fault.KindPrecondition) {
				t.Errorf("a second play to %s gets %v", who, err)
			}
			if err := conn.SendTones(bg, call.SendTones{Tones: []call.Tone{'1'}, Target: who}); !fault.Is(err, fault.KindPrecondition) {
				t.Errorf("tones to %s get %v", who, err)
			}
		}
		time.Sleep(3 * time.Second)
		if first.Heard() < 100 || second.Heard() < 100 {
			t.Errorf("they heard %d and %d frames", first.Heard(), second.Heard())
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: both[1:], Interrupt: true}))
		time.Sleep(100 * time.Millisecond)
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated PlayStarted PlayCanceled ParticipantsUpdated PlayStarted")
		if err := conn.Play(bg, call.Play{Prompts: hello, To: both[:1]}); err != nil {
			t.Errorf("who is free again gets %v", err)
		}
		w.must(conn.Terminate(bg))
	})
}

// TestPlayToTwoIsCanceledWhenEitherLeaves asks it of both.
func TestPlayToTwoIsCanceledWhenEitherLeaves(t *testing.T) {
	for leaving := range 2 {
		run(t, func(w *world) {
			first, second, conn, id := w.added()
			third := w.addPhone(conn, cPhone)
			both := []identifier.ID{phone(aPhone), phone(bPhone)}
			w.must(conn.Play(bg, call.Play{Prompts: hello, To: both, Loop: true}))
			time.Sleep(time.Second)
			[]interface{ HangUp() }{first, second}[leaving].HangUp()
			w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated PlayStarted ParticipantsUpdated PlayCanceled ParticipantsUpdated")
			w.must(conn.Play(bg, call.Play{Prompts: hello, To: both[1-leaving : 2-leaving]}))
			w.must(conn.Terminate(bg))
			_ = third
		})
	}
}

// TestCancelFreesParticipantsAtOnce asks that a play after cancelAllMediaOperations
// is not refused because of what was canceled.
func TestCancelFreesParticipantsAtOnce(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		alone := call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}, Loop: true}
		for range 20 {
			w.must(conn.Play(bg, alone))
			w.must(conn.CancelAllMedia(bg))
			w.must(conn.Play(bg, alone))
			w.must(conn.CancelAllMedia(bg))
		}
		synctest.Wait()
		leg.HangUp()
		w.last(id)
	})
}
