package call_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

func TestHeldParticipantHearsMusicAndPromptsOverIt(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
		w.expect(id, connected+" ParticipantsUpdated") // the music is being fetched
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted")
		if heard := leg.Heard(); heard < 90 {
			t.Errorf("%d frames of music heard in 2 s", heard)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}}))
		time.Sleep(3 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioResumed PlayCompleted")
		before := leg.Heard()
		time.Sleep(time.Second)
		if leg.Heard()-before < 45 {
			t.Error("the music did not go on after the prompt")
		}
		w.must(conn.Unhold(bg, phone(aPhone)))
		synctest.Wait()
		time.Sleep(100 * time.Millisecond)
		before = leg.Heard()
		time.Sleep(time.Second)
		if leg.Heard() != before {
			t.Error("the music is heard after the hold")
		}
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioResumed PlayCompleted"+
			" HoldAudioCompleted ParticipantsUpdated")
		leg.HangUp()
	})
}

func TestMusicGoesOnAfterACanceledPrompt(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
		time.Sleep(time.Second)
		w.must(conn.Play(bg, call.Play{Prompts: hello, Loop: true, To: []identifier.ID{phone(aPhone)}}))
		time.Sleep(time.Second)
		w.must(conn.CancelAllMedia(bg))
		time.Sleep(100 * time.Millisecond)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioResumed PlayCanceled")
		before := leg.Heard()
		time.Sleep(time.Second)
		if leg.Heard()-before < 45 {
			t.Errorf("%d frames of music were heard in the second after the prompt", leg.Heard()-before)
		}
		leg.HangUp()
	})
}

func TestHoldThatEndsUnderAPromptIsNotResumed(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0], Context: call.Context{Operation: "wait"}}))
		time.Sleep(time.Second)
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}, Context: call.Context{Operation: "news"}}))
		time.Sleep(100 * time.Millisecond)
		w.must(conn.Unhold(bg, phone(aPhone)))
		time.Sleep(3 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioCompleted ParticipantsUpdated PlayCompleted ParticipantsUpdated")
		for _, e := range w.published.Events(id) {
			want := map[string]string{"call.HoldAudioPaused": "wait", "call.HoldAudioCompleted": "wait", "call.PlayStarted": "news"}
			if context, ok := want[fmt.Sprintf("%T", e)]; ok && e.Header().Operation.Context != context {
				t.Errorf("%T has the context %q", e, e.Header().Operation.Context)
			}
		}
		leg.HangUp()
	})
}

// TestAnnouncementEndsWithTheHold, before the participants are told of that: as recorded from
// the service. One to a participant who was not on hold goes on.
func TestAnnouncementEndsWithTheHold(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		announce := call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}, Interrupt: true, Announces: true}
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone)}))
		w.must(conn.Play(bg, announce))
		time.Sleep(500 * time.Millisecond)
		w.must(conn.Unhold(bg, phone(aPhone)))
		time.Sleep(2 * time.Second)
		events := connected + " ParticipantsUpdated PlayStarted PlayCanceled ParticipantsUpdated"
		w.expect(id, events)
		w.must(conn.Play(bg, announce))
		time.Sleep(500 * time.Millisecond)
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone)}))
		w.must(conn.Unhold(bg, phone(aPhone)))
		time.Sleep(2 * time.Second)
		w.expect(id, events+" ParticipantsUpdated PlayStarted ParticipantsUpdated ParticipantsUpdated PlayCompleted ParticipantsUpdated")
		leg.HangUp()
	})
}

func TestHoldMusicEndsWithTheCall(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
		time.Sleep(time.Second)
		leg.HangUp()
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioCompleted CallDisconnected")
	})
}

func TestHoldMusicThatFailsIsTold(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.prompts.Fail["http://app.test/broken"] = errors.New("not a sound")
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: call.File{URI: "http://app.test/broken"}}))
		time.Sleep(time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldFailed")
		leg.HangUp()
	})
}

// TestHoldWithoutMusicHasTheServersOwn, without a beat in which nothing is heard, and
// without an event; where the configured one fails, the generated one is heard.
func TestHoldWithoutMusicHasTheServersOwn(t *testing.T) {
	for name, failure := range map[string]error{"configured": nil, "generated": errors.New("no such file")} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				leg, conn, id := w.answered()
				w.prompts.Fail[calltest.OwnMusic] = failure
				w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone)}))
				time.Sleep(100 * time.Millisecond)
				before := leg.Heard()
				time.Sleep(3 * time.Second)
				if heard := leg.Heard() - before; heard < 149 {
					t.Errorf("%d frames of music were heard in three seconds", heard)
				}
				w.must(conn.Unhold(bg, phone(aPhone)))
				time.Sleep(100 * time.Millisecond)
				before = leg.Heard()
				time.Sleep(time.Second)
				if heard := leg.Heard() - before; heard > 0 {
					t.Errorf("%d frames of music were heard after the hold", heard)
				}
				w.expect(id, connected+" ParticipantsUpdated ParticipantsUpdated")
				leg.HangUp()
			})
		})
	}
}
