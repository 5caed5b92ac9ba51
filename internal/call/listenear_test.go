package call_test

import (
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// overheard counts the listeners of members that were not taken out again.
type overheard struct {
	call.Mixes
	listeners atomic.Int64
}

func (o *overheard) NewMix(rate int) call.Mix { return overheardMix{o.Mixes.NewMix(rate), o} }

type overheardMix struct {
	call.Mix
	of *overheard
}

func (m overheardMix) Join(p audio.Port) call.Member { return overheardMember{m.Mix.Join(p), m.of} }

type overheardMember struct {
	call.Member
	of *overheard
}

func (m overheardMember) Hear(l audio.Listener) (stop func()) {
	leave := m.Member.Hear(l)
	m.of.listeners.Add(1)
	return func() { m.of.listeners.Add(-1); leave() }
}

// TestRecognitionThatIsRefusedHearsNobody: what an application asks for again and again
// while it is refused leaves nothing in the mix.
func TestRecognitionThatIsRefusedHearsNobody(t *testing.T) {
	run(t, func(w *world) {
		w.recognizer = &calltest.Recognizer{}
		w.Registry = w.remake(false)
		heard := &overheard{Mixes: w.config.Mixes}
		w.config.Mixes = heard
		w.Registry = call.NewRegistry(w.config, slog.New(slog.NewTextHandler(io.Discard, nil)))
		_, _, conn, _ := w.added()
		listen := call.Recognize{Target: phone(aPhone), Input: call.SpeechInput, InitialSilence: time.Minute, EndSilence: time.Second}
		w.must(conn.Recognize(bg, listen))
		for range 10 {
			if err := conn.Recognize(bg, listen); err == nil {
				t.Fatal("it was not refused")
			}
		}
		if n := heard.listeners.Load(); n != 1 {
			t.Errorf("%d listeners for one recognition", n)
		}
		w.must(conn.CancelAllMedia(bg))
		synctest.Wait()
		if n := heard.listeners.Load(); n != 0 {
			t.Errorf("%d listeners after its end", n)
		}
		w.must(conn.Terminate(bg))
		synctest.Wait()
	})
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
