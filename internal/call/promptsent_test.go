package call_test

import (
	"errors"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestPromptOfWhichNothingCouldBeSentFails: to all and to one, in a play and in
// recognitions of tones and of speech; not if some of it could.
func TestPromptOfWhichNothingCouldBeSentFails(t *testing.T) {
	target := []identifier.ID{phone(aPhone)}
	recognize := func(input call.Input) func(*call.Connection) error {
		return func(conn *call.Connection) error {
			return conn.Recognize(bg, call.Recognize{
				Target: target[0], Prompts: hello, MaxTones: 1, Input: input, InitialSilence: 3 * time.Second, EndSilence: time.Second, InterTone: time.Second,
			})
		}
	}
	play := func(to []identifier.ID) func(*call.Connection) error {
		return func(conn *call.Connection) error { return conn.Play(bg, call.Play{Prompts: hello, To: to}) }
	}
	for name, begin := range map[string]func(*call.Connection) error{
		"to all": play(nil), "to one": play(target), "tones": recognize(call.TonesInput), "speech": recognize(call.SpeechInput),
	} {
		for _, back := range []time.Duration{0, 500 * time.Millisecond, time.Hour} { // when the phone takes sound
			run(t, func(w *world) {
				leg, conn, id := w.answered()
				leg.RefuseSound(back > 0)
				w.must(begin(conn))
				time.AfterFunc(back, func() { leg.RefuseSound(false) })
				time.Sleep(2 * time.Second)
				var cause error
				switch e := w.lastButRoster(id).(type) {
				case call.PlayFailed:
					cause = e.Cause
				case call.RecognizeFailed:
					if cause = e.Cause; e.By != call.PromptFailed {
						t.Errorf("%s, %v: the recognition failed by %d", name, back, e.By)
					}
				}
				if failed := errors.Is(cause, call.ErrUnsent); failed != (back == time.Hour) {
					t.Errorf("%s, %v: %s, %v", name, back, w.published.Names(id), cause)
				}
				leg.HangUp()
			})
		}
	}
}

// TestPromptThatOneOfTwoHearsCompletes, whoever of them joins or leaves meanwhile.
func TestPromptThatOneOfTwoHearsCompletes(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		leg.RefuseSound(true)
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(500 * time.Millisecond)
		other := w.addPhone(conn, bPhone)
		time.Sleep(2 * time.Second)
		if _, ok := w.last(id).(call.PlayCompleted); !ok {
			t.Errorf("got %s", w.published.Names(id))
		}
		leg.HangUp()
		other.HangUp()
	})
}
