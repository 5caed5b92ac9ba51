package call_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestRecognitionThatIsRefusedHearsNobody: what an application asks for again and again
// while it is refused leaves nothing in the mix.
func TestRecognitionThatIsRefusedHearsNobody(t *testing.T) {
	run(t, func(w *world) {
		w.recognizer = &calltest.Recognizer{}
		heard := w.overhear()
		_, _, conn, _ := w.added()
		listen := call.Recognize{Target: phone(aPhone), Input: call.SpeechInput, InitialSilence: time.Minute, EndSilence: time.Second}
		w.must(conn.Recognize(bg, listen))
		for range 10 {
			if err := conn.Recognize(bg, listen); err == nil {
				t.Fatal("it was not refused")
			}
		}
		if n := heard.count(); n != 1 {
			t.Errorf("%d listeners for one recognition", n)
		}
		w.must(conn.CancelAllMedia(bg))
		synctest.Wait()
		if n := heard.count(); n != 0 {
			t.Errorf("%d listeners after its end", n)
		}
		w.must(conn.Terminate(bg))
		synctest.Wait()
	})
}

// TestDeviceThatComesToTheHeldHearsTheMusic, until they are not held any more.
func TestDeviceThatComesToTheHeldHearsTheMusic(t *testing.T) {
	for name, music := range map[string]call.Prompt{"the application's": hello[0], "the server's": nil} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				to := call.Locator{GroupCallID: groupID}
				first, bob := w.joins(to, ann), w.joins(to, identifier.User(resource, "bob"))
				p, err := w.Connect(bg, to, control)
				w.must(err)
				synctest.Wait()
				conn, err := w.Connection(p.ID)
				w.must(err)
				w.must(conn.Hold(bg, call.Hold{Who: ann, Music: music}))
				time.Sleep(time.Second)
				second := w.joins(to, ann)
				time.Sleep(time.Second)
				if first.Heard() < 80 || second.Heard() < 40 {
					t.Errorf("the devices heard %d and %d frames", first.Heard(), second.Heard())
				}
				w.must(conn.Unhold(bg, ann))
				time.Sleep(100 * ms)
				before := second.Heard()
				time.Sleep(time.Second)
				if n := second.Heard() - before; n > 0 {
					t.Errorf("%d frames after the hold", n)
				}
				for _, leg := range []*browser{first, second, bob} {
					leg.HangUp()
				}
				synctest.Wait()
			})
		})
	}
}

// TestSpeakerGoesOnWithAnotherDevice: who leaves with the device that is listened to has
// finished what they said with it, and is heard by the other one.
func TestSpeakerGoesOnWithAnotherDevice(t *testing.T) {
	for _, speaks := range []bool{true, false} {
		t.Run(fmt.Sprintf("speaks with the first: %v", speaks), func(t *testing.T) {
			run(t, func(w *world) {
				w.recognizer = &calltest.Recognizer{Understood: final("yes")}
				w.Registry = w.remake(false)
				to := call.Locator{GroupCallID: groupID}
				first, second, bob := w.joins(to, ann), w.joins(to, ann), w.joins(to, identifier.User(resource, "bob"))
				p, err := w.Connect(bg, to, control)
				w.must(err)
				synctest.Wait()
				conn, err := w.Connection(p.ID)
				w.must(err)
				w.must(conn.Recognize(bg, call.Recognize{Target: ann, Input: call.SpeechInput, InitialSilence: 5 * time.Second, EndSilence: 500 * ms}))
				time.Sleep(500 * ms)
				began := time.Now()
				if speaks {
					first.Say(audiotest.Speech(8000, 2000))
					time.Sleep(time.Second)
				}
				first.HangUp()
				if !speaks {
					time.Sleep(time.Second)
					second.Say(audiotest.Speech(8000, 1000))
				}
				var end call.Event
				for end == nil && time.Since(began) < 20*time.Second {
					time.Sleep(20 * ms)
					synctest.Wait()
					switch e := w.last(p.ID).(type) {
					case call.RecognizeCompleted, call.RecognizeFailed, call.RecognizeCanceled:
						end = e
					}
				}
				if done, ok := end.(call.RecognizeCompleted); !ok || done.Said.Text != "yes" || time.Since(began) > 3500*ms {
					t.Errorf("after %v: %+v", time.Since(began), end)
				}
				second.HangUp()
				bob.HangUp()
				synctest.Wait()
			})
		})
	}
}
