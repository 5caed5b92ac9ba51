package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/recording"
)

// A recording belongs to its call, whoever comes and goes.

// recorded starts a recording, unmixed, by what IncomingCall and CallConnected say of the call.
func (w *world) recorded(serverCallID string) call.RecordingState {
	w.Helper()
	synctest.Wait()
	state, err := w.StartRecording(bg, call.Record{Of: call.Locator{ServerCallID: serverCallID}, Options: unmixedWAV})
	w.must(err)
	return state
}

func (w *world) serverCallID(conn *call.Connection) string {
	w.Helper()
	p, err := conn.Properties(bg)
	w.must(err)
	return p.ServerCallID
}

// talks lets somebody speak for a second.
func talks(leg *calltest.Leg) {
	leg.Speak(true)
	time.Sleep(time.Second)
	leg.Speak(false)
}

// holds asks how many frames each participant of the only recording was heard.
func (r *recordings) holds(why recording.EndReason, want map[identifier.ID]int) {
	r.w.Helper()
	synctest.Wait()
	record := r.only()
	if record.EndReason != why {
		r.w.Errorf("it ended with %s, want %s", record.EndReason, why)
	}
	sound := r.sound(record)
	for who, frames := range want {
		got := 0
		for _, p := range record.Participants {
			if p.ID == who.Raw() && p.Channel != nil {
				got = heard(sound[*p.Channel])
			}
		}
		near(r.w.T, who.Raw(), got, frames)
	}
}

// TestRecordingFollowsATransfer: its application leaves, the two phones go on.
func TestRecordingFollowsATransfer(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, conn, id := w.answered()
		w.recorded(w.serverCallID(conn))
		talks(leg)
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		target := <-w.dialer.Dialled
		target.PickUp()
		w.expect(id, connected+" CallTransferAccepted CallDisconnected")
		talks(target)
		talks(leg)
		target.HangUp()
		r.holds(recording.CallEnded, map[identifier.ID]int{phone(aPhone): 100, phone(bPhone): 50})
	})
}

// TestRecordingFollowsAHandOver: a phone sends its call to another one (REFER).
func TestRecordingFollowsAHandOver(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, conn, _ := w.answered()
		w.recorded(w.serverCallID(conn))
		talks(leg)
		leg.HandOver(blind(bPhone), nil)
		target := <-w.dialer.Dialled
		target.PickUp()
		synctest.Wait()
		talks(target)
		target.HangUp()
		r.holds(recording.CallEnded, map[identifier.ID]int{phone(aPhone): 50, phone(bPhone): 50})
	})
}

// TestRecordingFollowsAnAttendedTransfer: the phone of the other call is heard in this
// one's recording.
func TestRecordingFollowsAnAttendedTransfer(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		caller, conn, _ := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		middle := <-w.dialer.Dialled
		middle.PickUp()
		synctest.Wait()
		consult, second, _ := w.answeredBy(cPhone)
		w.recorded(w.serverCallID(second))
		told := middle.HandOver(call.TransferWanted{}, consult)
		w.told("met", told, call.ReferralAnswered)
		talks(caller)
		w.must(second.Terminate(bg))
		r.holds(recording.CallEnded, map[identifier.ID]int{phone(aPhone): 50})
	})
}

// TestRecordingOfACallThatOthersMoveInto hears them, and that of the call they leave
// what they said there.
func TestRecordingOfACallThatOthersMoveInto(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		first, from, a := w.answered()
		into, _ := w.create(phone(bPhone))
		second := <-w.dialer.Dialled
		second.PickUp()
		left := w.recorded(w.serverCallID(from))
		joined := w.recorded(w.serverCallID(into))
		talks(first)
		w.must(into.Move(bg, call.Move{Who: []identifier.ID{phone(aPhone)}, From: a}))
		time.Sleep(100 * time.Millisecond)
		talks(first)
		talks(first)
		talks(second)
		w.must(into.Terminate(bg))
		synctest.Wait()
		r.Finish(bg)
		for _, want := range []struct {
			id             string
			channels       int
			first, onBoard int // frames of the first channel; participants
		}{{left.ID, 1, 50, 2}, {joined.ID, 2, 100, 3}} {
			record, err := r.Find(bg, want.id)
			w.must(err)
			sound := r.sound(record)
			if len(sound) != want.channels || len(record.Participants) != want.onBoard || record.EndReason != recording.CallEnded {
				t.Fatalf("%d channels: %+v", len(sound), record)
			}
			near(t, "who moved", heard(sound[0]), want.first)
		}
	})
}

// TestRecordingFollowsAMoveOfAnApplication: what it says in the call that it moved into
// is in that call's recording.
func TestRecordingFollowsAMoveOfAnApplication(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, conn, _ := w.answered()
		_, moved, from, _, who := w.talk()
		w.recorded(w.serverCallID(conn))
		w.must(conn.Move(bg, call.Move{Who: []identifier.ID{who}, From: from}))
		time.Sleep(100 * time.Millisecond)
		w.must(moved.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		w.must(moved.HangUp(bg))
		leg.HangUp()
		r.holds(recording.CallEnded, map[identifier.ID]int{who: 50})
	})
}

// TestRedirectedCallIsRecordedByTheServerCallIDOfItsFirstEvent: two phones, and no
// application in the call.
func TestRedirectedCallIsRecordedByTheServerCallIDOfItsFirstEvent(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, in := w.incoming()
		w.must(w.Redirect(bg, in.Context, call.Redirect{Target: phone(bPhone)}))
		callee := <-w.dialer.Dialled
		callee.PickUp()
		state := w.recorded(in.ServerCallID)
		talks(leg)
		talks(callee)
		talks(leg)
		if _, err := w.StopRecording(bg, state.ID); err != nil {
			t.Error(err)
		}
		r.holds(recording.InitiatorLeft, map[identifier.ID]int{phone(aPhone): 100, phone(bPhone): 50})
		callee.HangUp()
	})
}

// TestCallOfTwoApplicationsIsRecorded: each has a channel for what it plays.
func TestCallOfTwoApplicationsIsRecorded(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		caller, callee, _, _, who := w.talk()
		p, err := callee.Properties(bg)
		w.must(err)
		w.recorded(w.serverCallID(caller))
		w.must(caller.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		w.must(callee.Play(bg, call.Play{Prompts: hello}))
		w.must(callee.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(4 * time.Second)
		w.must(caller.Terminate(bg))
		r.holds(recording.CallEnded, map[identifier.ID]int{who: 100, p.Source: 50})
	})
}
