package call_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/recording"
)

func TestCallIsRecordedByTheNameOfItsConnection(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, conn, id := w.answered()
		state, err := w.StartRecording(bg, call.Record{Connection: id, Options: mixedWAV, CallbackURI: recordingCallback, Version: "2026-03-12"})
		w.must(err)
		leg.Speak(true)
		time.Sleep(time.Second)
		_, err = w.PauseRecording(bg, state.ID)
		w.must(err)
		if now, err := w.Recording(bg, state.ID); err != nil || now.Active {
			t.Errorf("while it is paused: %+v, %v", now, err)
		}
		time.Sleep(time.Second)
		_, err = w.ResumeRecording(bg, state.ID)
		w.must(err)
		time.Sleep(time.Second)
		leg.Speak(false)
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(10 * time.Second)
		_, err = w.StopRecording(bg, state.ID)
		w.must(err)
		if _, err := w.Recording(bg, state.ID); !errors.Is(err, call.RecordingMissing) || err.Error() != "Recording not found." {
			t.Errorf("after the stop: %v", err)
		}
		w.expect(id, connected+" RecordingStateChanged RecordingStateChanged RecordingStateChanged PlayStarted PlayCompleted RecordingStateChanged")
		record := r.only()
		if record.EndReason != recording.InitiatorLeft || len(record.Pauses) != 1 || record.Pauses[0].DurationMs != 1000 {
			t.Errorf("%+v", record)
		}
		near(t, "the whole", int(record.Duration()/audio.FrameDuration), 600)
		sound := r.sound(record)
		if len(sound) != 1 {
			t.Fatalf("%d channels", len(sound))
		}
		near(t, "the phone", heard(sound[0][:2*recording.SampleRate]), 100)
		if heard(sound[0][2*recording.SampleRate:]) == 0 {
			t.Error("the prompt is not heard")
		}
		leg.HangUp()
	})
}

func TestEventsOfARecordingNameIt(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, _, id := w.answered()
		options := mixedWAV
		options.Paused = true
		barrier := new(call.Barrier)
		state, err := w.StartRecording(bg, call.Record{Connection: id, Options: options, CallbackURI: recordingCallback, Version: "2024-04-15", Barrier: barrier})
		w.must(err)
		event, ok := w.last(id).(call.RecordingStateChanged)
		head := event.Header()
		if !ok || event.Phase != call.RecordingPaused || head.Operation.Recording != state.ID || head.Operation.Began.IsZero() ||
			head.Control.CallbackURI != recordingCallback || head.Control.Version != "2024-04-15" || head.Control.Barrier != barrier || head.ServerCallID == "" || head.CorrelationID != state.CorrelationID {
			t.Errorf("%+v", event)
		}
		_, err = w.ResumeRecording(bg, state.ID)
		w.must(err)
		if event, ok := w.last(id).(call.RecordingStateChanged); !ok || event.Phase != call.RecordingActive {
			t.Errorf("after the start: %+v", event)
		}
		leg.HangUp()
		synctest.Wait()
		events := w.published.Events(id)
		last, ok := events[len(events)-2].(call.RecordingStateChanged)
		if !ok || last.Phase != call.RecordingEnded || last.Cause != nil {
			t.Errorf("at the end of the call: %+v", last)
		}
		if record := r.only(); record.EndReason != recording.CallEnded {
			t.Errorf("%+v", record)
		}
	})
}

// TestCallOfUsersIsRecordedByItsServerCallID: no application has ever answered it.
func TestCallOfUsersIsRecordedByItsServerCallID(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		w.desks()
		leg := calltest.Inbound()
		report, err := w.Incoming(call.Invitation{From: ben, To: ann}, leg)
		w.must(err)
		leg.Told(report)
		in := <-w.announcer.Calls
		of := call.Locator{ServerCallID: in.ServerCallID}
		if _, err := w.StartRecording(bg, call.Record{Of: of, Options: unmixedWAV}); !errors.Is(err, call.NotConnected) {
			t.Errorf("while it rings: %v", err)
		}
		phone := w.ringing(2)[1]
		phone.PickUp()
		synctest.Wait()
		state, err := w.StartRecording(bg, call.Record{Of: of, Options: unmixedWAV})
		w.must(err)
		if strings.Contains(state.ID, "=") || state.CorrelationID != in.CorrelationID {
			t.Errorf("%+v", state)
		}
		phone.Speak(true)
		time.Sleep(time.Second)
		leg.Speak(true)
		phone.Speak(false)
		time.Sleep(time.Second)
		leg.HangUp()
		synctest.Wait()
		record := r.only()
		sound := r.sound(record)
		if len(sound) != 2 {
			t.Fatalf("%d channels", len(sound))
		}
		near(t, "who spoke first", heard(sound[0][:recording.SampleRate]), 50)
		near(t, "who spoke then", heard(sound[1][recording.SampleRate:]), 50)
		near(t, "the first, afterwards", heard(sound[0][recording.SampleRate+2000:]), 0)
		if len(record.Participants) != 2 || record.ServerCallID != in.ServerCallID || record.CallID != in.CorrelationID {
			t.Errorf("%+v", record)
		}
	})
}

func TestGroupsAndRoomsAreRecordedByTheirNames(t *testing.T) {
	for name, of := range map[string]call.Locator{"group": {GroupCallID: groupID}, "room": {RoomID: "99000000000000001"}} {
		t.Run(name, func(t *testing.T) {
			records(t, func(w *world, r *recordings) {
				who := w.joins(of, ann)
				_, err := w.StartRecording(bg, call.Record{Of: of, Options: unmixedWAV})
				w.must(err)
				who.Speak(true)
				time.Sleep(time.Second)
				who.HangUp()
				synctest.Wait()
				near(t, "ann", heard(r.sound(r.only())[0]), 50)
			})
		})
	}
}

func TestOneRecordingOfACallGoesOn(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, conn, id := w.answered()
		p, err := conn.Properties(bg)
		w.must(err)
		rec := call.Record{Of: call.Locator{ServerCallID: p.ServerCallID}, Options: mixedWAV}
		state, err := w.StartRecording(bg, rec)
		w.must(err)
		if _, err := w.StartRecording(bg, call.Record{Connection: id, Options: unmixedWAV}); !errors.Is(err, call.RecordingGoesOn) {
			t.Errorf("a second one: %v", err)
		}
		_, err = w.StopRecording(bg, state.ID)
		w.must(err)
		again, err := w.StartRecording(bg, rec)
		w.must(err)
		if again.ID == state.ID {
			t.Error("it has the id of the first")
		}
		leg.HangUp()
		synctest.Wait()
		for _, of := range []call.Record{rec, {Connection: id, Options: mixedWAV}, {Of: call.Locator{GroupCallID: "29228d3e-040e-4656-a70e-890ab4e173e5"}}} {
			if _, err := w.StartRecording(bg, of); !errors.Is(err, call.CallOver) {
				t.Errorf("of a call that is over: %v", err)
			}
		}
		r.Finish(bg)
		if len(r.announced) != 2 {
			t.Errorf("%d recordings", len(r.announced))
		}
	})
}

// TestRecordingFollowsItsCall: whoever comes is heard, whoever goes was.
func TestRecordingFollowsItsCall(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, conn, id := w.answered()
		options := unmixedWAV
		state, err := w.StartRecording(bg, call.Record{Connection: id, Options: options, Pinned: map[int]identifier.ID{1: phone("+15551230007")}})
		w.must(err)
		leg.Speak(true)
		time.Sleep(time.Second)
		_, err = conn.Add(bg, call.Add{Who: phone("+15551230007"), CallerID: phone(ourPhone)})
		w.must(err)
		added := <-w.dialer.Dialled
		added.PickUp()
		added.Speak(true)
		time.Sleep(time.Second)
		leg.HangUp() // it is a group now
		time.Sleep(time.Second)
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone("+15551230007")}}))
		time.Sleep(2 * time.Second)
		_, err = w.StopRecording(bg, state.ID)
		w.must(err)
		record := r.only()
		sound := r.sound(record)
		if len(sound) != 3 {
			t.Fatalf("%d channels: %+v", len(sound), record.Participants)
		}
		near(t, "the first phone", heard(sound[0]), 100)
		near(t, "the added phone", heard(sound[1]), 200)
		if n := heard(sound[2]); n == 0 || heard(sound[2][:3*recording.SampleRate]) > 0 {
			t.Errorf("what the application played to one alone: %d frames", n)
		}
		w.must(conn.Terminate(bg))
	})
}

func TestRecordingIsPausedAThousandTimes(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, _, id := w.answered()
		state, err := w.StartRecording(bg, call.Record{Connection: id, Options: mixedWAV})
		w.must(err)
		for range 1000 {
			_, err = w.PauseRecording(bg, state.ID)
			w.must(err)
			_, err = w.PauseRecording(bg, state.ID) // counts once
			w.must(err)
			_, err = w.ResumeRecording(bg, state.ID)
			w.must(err)
		}
		if _, err := w.PauseRecording(bg, state.ID); !errors.Is(err, call.RecordingFixed) {
			t.Errorf("once more: %v", err)
		}
		leg.HangUp()
	})
}

// failing is Recordings that cannot write.
type failing struct {
	call.Recordings
	err error
}

func (f failing) Create(context.Context, recording.Options) (call.Recording, error) {
	return nil, f.err
}

func TestRecordingThatCannotBeginIsRefused(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		works := w.recordings
		w.recordings = failing{err: fault.Busy(0, "the disk is full")}
		w.Registry = w.remake(false)
		leg, _, id := w.answered()
		for range 2 { // the first leaves nothing behind that refuses the second
			if _, err := w.StartRecording(bg, call.Record{Connection: id, Options: mixedWAV, CallbackURI: recordingCallback}); !fault.Is(err, fault.KindBusy) {
				t.Errorf("got %v", err)
			}
			synctest.Wait()
		}
		w.expect(id, connected)
		leg.HangUp()
		w.recordings = works
	})
}

// TestPagesAreToldOfRecordings: who is in a call learns that it is recorded, paused, and
// recorded no longer; who comes later, too.
func TestPagesAreToldOfRecordings(t *testing.T) {
	records(t, func(w *world, _ *recordings) {
		first := w.roomOf(call.Presenter)[0]
		state, err := w.StartRecording(bg, call.Record{Of: call.Locator{RoomID: "99000000000000001"}, Options: mixedWAV})
		w.must(err)
		told := func(who *page, what string, want call.Seat) {
			w.Helper()
			synctest.Wait()
			seat := who.seats[len(who.seats)-1]
			if seat.Recording != want.Recording || seat.Paused != want.Paused {
				t.Errorf("%s: the seat is %+v", what, seat)
			}
		}
		told(first, "recorded", call.Seat{Recording: state.ID})
		_, err = w.PauseRecording(bg, state.ID)
		w.must(err)
		told(first, "paused", call.Seat{Recording: state.ID, Paused: true})
		second := w.joinsRoom(bob, call.Attendee)
		told(second, "who comes later", call.Seat{Recording: state.ID, Paused: true})
		_, err = w.ResumeRecording(bg, state.ID)
		w.must(err)
		told(second, "resumed", call.Seat{Recording: state.ID})
		_, err = w.StopRecording(bg, state.ID)
		w.must(err)
		told(first, "stopped", call.Seat{})
		w.leave(first, second)
	})
}
