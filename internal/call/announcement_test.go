package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/recording"
)

// announces lets the recordings of a world be announced, for a second.
func announces(t *testing.T, test func(*world, *recordings)) {
	records(t, func(w *world, r *recordings) {
		w.announces = true
		w.Registry = w.remake(false)
		test(w, r)
	})
}

func TestRecordingBeginsAfterItsAnnouncement(t *testing.T) {
	announces(t, func(w *world, r *recordings) {
		leg, conn, id := w.answered()
		held := w.addPhone(conn, "+15551230007")
		w.must(conn.Hold(bg, call.Hold{Who: phone("+15551230007")}))
		time.Sleep(time.Second)
		leg.Speak(true)
		state, err := w.StartRecording(bg, call.Record{Connection: id, Options: mixedWAV, CallbackURI: recordingCallback, Version: "2026-03-12"})
		w.must(err)
		time.Sleep(500 * time.Millisecond)
		if now, err := w.Recording(bg, state.ID); err != nil || now.Active {
			t.Errorf("while it is announced: %+v, %v", now, err)
		}
		// The music on hold is 1000, and so is the announcement over it.
		if leg.Hears() != 1000 || held.Hears() != 2000 {
			t.Errorf("the phones hear %d and, on hold, %d", leg.Hears(), held.Hears())
		}
		time.Sleep(time.Second)
		if now, err := w.Recording(bg, state.ID); err != nil || !now.Active {
			t.Errorf("afterwards: %+v, %v", now, err)
		}
		if leg.Hears() != 0 || held.Hears() != 1000 {
			t.Errorf("afterwards the phones hear %d and, on hold, %d", leg.Hears(), held.Hears())
		}
		time.Sleep(500 * time.Millisecond)
		_, err = w.StopRecording(bg, state.ID)
		w.must(err)
		record := r.only()
		near(t, "what is recorded", int(record.Duration()/recordingFrame), 49)
		if len(record.Pauses) != 1 || record.Pauses[0].DurationMs < 990 || record.Pauses[0].DurationMs > 1100 {
			t.Errorf("the announcement is the pause %+v", record.Pauses)
		}
		if most := loudest(r.sound(record)[0]); most > 1300 { // the phone says 1000; music on hold is left out
			t.Errorf("the level is %d", most)
		}
		w.must(conn.Terminate(bg))
	})
}

const recordingFrame = 20 * time.Millisecond

// TestPausesAroundAnAnnouncement: it is heard once, before the recording hears.
func TestPausesAroundAnAnnouncement(t *testing.T) {
	active := func(w *world, id string) bool {
		w.Helper()
		now, err := w.Recording(bg, id)
		w.must(err)
		return now.Active
	}
	for _, test := range []struct {
		name string
		does func(w *world, leg *calltest.Leg, id string)
	}{
		{"a recording that begins paused", func(w *world, leg *calltest.Leg, id string) {
			time.Sleep(2 * time.Second)
			if active(w, id) || leg.Hears() != 0 {
				w.Errorf("it is active, or announced at once: %d", leg.Hears())
			}
			_, err := w.ResumeRecording(bg, id)
			w.must(err)
			time.Sleep(500 * time.Millisecond)
			if active(w, id) || leg.Hears() != 1000 {
				w.Errorf("it is not announced when it is resumed: %d", leg.Hears())
			}
			_, err = w.PauseRecording(bg, id)
			w.must(err)
			time.Sleep(time.Second)
			if active(w, id) {
				w.Error("it goes on though it was paused")
			}
			_, err = w.ResumeRecording(bg, id)
			w.must(err)
			if !active(w, id) {
				w.Error("it is announced twice")
			}
		}},
		{"a stop", func(w *world, leg *calltest.Leg, id string) {
			_, err := w.ResumeRecording(bg, id)
			w.must(err)
			time.Sleep(500 * time.Millisecond)
			_, err = w.StopRecording(bg, id)
			w.must(err)
			time.Sleep(100 * time.Millisecond)
			if leg.Hears() != 0 {
				w.Error("the announcement goes on")
			}
		}},
		{"the end of the call", func(w *world, leg *calltest.Leg, id string) {
			_, err := w.ResumeRecording(bg, id)
			w.must(err)
			time.Sleep(500 * time.Millisecond)
			leg.HangUp()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			announces(t, func(w *world, r *recordings) {
				leg, _, id := w.answered()
				options := mixedWAV
				options.Paused = true
				state, err := w.StartRecording(bg, call.Record{Connection: id, Options: options})
				w.must(err)
				test.does(w, leg, state.ID)
				leg.HangUp()
				synctest.Wait()
				r.only()
			})
		})
	}
}

// TestRecordingThatCannotBeAnnouncedEnds: the call goes on.
func TestRecordingThatCannotBeAnnouncedEnds(t *testing.T) {
	broken := errors.New("nobody speaks")
	for _, cause := range []error{broken, call.ErrUnsent} {
		announces(t, func(w *world, r *recordings) {
			if cause == broken {
				w.prompts.Fail[calltest.OwnAnnouncement] = broken
			}
			leg, _, id := w.answered()
			leg.RefuseSound(cause == call.ErrUnsent)
			state, err := w.StartRecording(bg, call.Record{Connection: id, Options: mixedWAV, CallbackURI: recordingCallback, Version: "2026-03-12"})
			w.must(err)
			leg.Speak(true)
			time.Sleep(2 * time.Second)
			if _, err := w.Recording(bg, state.ID); !errors.Is(err, call.RecordingMissing) {
				t.Errorf("its state is asked for: %v", err)
			}
			if failed, is := w.last(id).(call.StartRecordingFailed); !is || !errors.Is(failed.Cause, cause) {
				t.Errorf("the application is told %#v", w.last(id))
			}
			if record := r.only(); record.EndReason != recording.AnnouncementFailed || record.Duration() != 0 {
				t.Errorf("what is left is %+v", record)
			}
			leg.HangUp()
		})
	}
}
