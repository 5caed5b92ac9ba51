package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestEveryDeviceOfASpeakerIsHeard: a recognition hears all devices of its target, also one
// that comes while it goes on. The first one may be dead already, and not have left.
func TestEveryDeviceOfASpeakerIsHeard(t *testing.T) {
	for _, later := range []bool{false, true} {
		t.Run(map[bool]string{false: "here from the beginning", true: "comes later"}[later], func(t *testing.T) {
			run(t, func(w *world) {
				w.recognizer = &calltest.Recognizer{Understood: final("yes")}
				w.Registry = w.remake(false)
				first, conn, id, leave := w.annAndBob()
				var second *browser
				if !later {
					second = w.joins(annsGroup, ann)
				}
				w.must(conn.Recognize(bg, call.Recognize{Target: ann, Input: call.SpeechInput, InitialSilence: 5 * time.Second, EndSilence: 500 * ms}))
				time.Sleep(time.Second)
				if later {
					second = w.joins(annsGroup, ann)
					time.Sleep(500 * ms)
				}
				second.Say(audiotest.Speech(8000, 1000))
				time.Sleep(3 * time.Second)
				if done, ok := w.last(id).(call.RecognizeCompleted); !ok || done.Said.Text != "yes" {
					t.Errorf("the recognition ends with %+v", w.last(id))
				}
				second.HangUp()
				leave(first)
			})
		})
	}
}

// TestPromptReachesADeviceThatComes: it hears what the others hear at the same moment, and
// the play goes on where the others leave.
func TestPromptReachesADeviceThatComes(t *testing.T) {
	three := []call.Prompt{hello[0], hello[0], hello[0]}
	for name, play := range map[string]func(*call.Connection) error{
		"of a play": func(c *call.Connection) error { return c.Play(bg, call.Play{Prompts: three, To: []identifier.ID{ann}}) },
		"of a recognition": func(c *call.Connection) error {
			return c.Recognize(bg, call.Recognize{Target: ann, Prompts: three, MaxTones: 1, InitialSilence: time.Second, InterTone: time.Second})
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				first, conn, id, leave := w.annAndBob()
				w.must(play(conn))
				time.Sleep(time.Second)
				second := w.joins(annsGroup, ann)
				time.Sleep(500 * ms)
				first.HangUp()
				time.Sleep(time.Second)
				switch e := w.lastButRoster(id).(type) {
				case call.PlayCompleted, call.PlayCanceled, call.RecognizeFailed, call.RecognizeCanceled:
					t.Errorf("it ends with the first device: %T", e)
				}
				time.Sleep(2 * time.Second)
				if n, m := first.Heard(), second.Heard(); n < 70 || n > 80 || m < 95 || m > 102 {
					t.Errorf("of three seconds, the devices heard %d and %d frames", n, m)
				}
				switch e := w.lastButRoster(id).(type) {
				case call.PlayCompleted, call.RecognizeFailed:
				default:
					t.Errorf("it ends with %T", e)
				}
				leave(second)
			})
		})
	}
}

// TestMusicOfADeviceThatHasLeftEnds, not with the hold: a user on hold may come and leave with
// another device any number of times.
func TestMusicOfADeviceThatHasLeftEnds(t *testing.T) {
	run(t, func(w *world) {
		first, conn, _, leave := w.annAndBob()
		w.must(conn.Hold(bg, call.Hold{Who: ann, Music: hello[0]}))
		time.Sleep(time.Second)
		for range 5 {
			second := w.joins(annsGroup, ann)
			time.Sleep(time.Second)
			second.HangUp()
			synctest.Wait()
		}
		before := first.Heard()
		time.Sleep(time.Second)
		if n := w.prompts.Playing(); n != 1 || first.Heard()-before < 45 {
			t.Errorf("%d playbacks go on for one device, which heard %d frames in a second", n, first.Heard()-before)
		}
		leave(first)
	})
}

var annsGroup = call.Locator{GroupCallID: groupID}

// annAndBob are in a group, ann with one device, and an application controls it.
func (w *world) annAndBob() (ofAnn *browser, conn *call.Connection, id string, leave func(*browser)) {
	w.Helper()
	ofAnn, bob := w.joins(annsGroup, ann), w.joins(annsGroup, identifier.User(resource, "bob"))
	p, err := w.Connect(bg, annsGroup, control)
	w.must(err)
	synctest.Wait()
	conn, err = w.Connection(p.ID)
	w.must(err)
	return ofAnn, conn, p.ID, func(last *browser) {
		last.HangUp()
		bob.HangUp()
		synctest.Wait()
	}
}
