package player

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// TestPreparedSpeechIsHeardWithoutAsking: for as long as the server runs, and it is spoken
// once.
func TestPreparedSpeechIsHeardWithoutAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		speaker := &voice{longer: 5}
		l := New(Config{Speech: speaker}, slog.New(slog.DiscardHandler))
		defer l.Close()
		l.Prepare(t.Context(), []File{{Speech: speech.Utterance{Text: "Hello."}}, {Speech: speech.Utterance{Text: "Goodbye."}}})
		synctest.Wait()
		if speaker.asked != 2 {
			t.Fatalf("%d prompts were spoken at the start", speaker.asked)
		}
		for range 3 {
			time.Sleep(50 * time.Minute)
			listenTo(t, l, File{Speech: speech.Utterance{Text: "Hello."}}, 20)
		}
		if speaker.asked != 2 {
			t.Errorf("hours later %d prompts were spoken", speaker.asked)
		}
	})
}

// recovering is a voice that works later on.
type recovering struct {
	first, later voice
	works        atomic.Bool
}

func (r *recovering) Speak(ctx context.Context, u speech.Utterance) (*speech.Sound, error) {
	if r.works.Load() {
		return r.later.Speak(ctx, u)
	}
	return r.first.Speak(ctx, u)
}

// TestSpeechThatCannotBePreparedIsTriedAgain: a provider that is down at the start, and one
// that stood in for another.
func TestSpeechThatCannotBePreparedIsTriedAgain(t *testing.T) {
	down := &speech.Error{Kind: speech.Unreachable}
	for name, first := range map[string]voice{"it is down": {err: down}, "another stands in": {stopgap: true}} {
		synctest.Test(t, func(t *testing.T) {
			var log strings.Builder
			speaker := &recovering{first: first}
			l := New(Config{Speech: speaker}, slog.New(slog.NewTextHandler(&log, nil)))
			hello := File{Speech: speech.Utterance{Text: "Hello."}}
			l.Prepare(t.Context(), []File{hello})
			time.Sleep(prepareEvery + time.Minute)
			speaker.works.Store(true)
			time.Sleep(2 * prepareEvery) // who stood in is asked less and less often
			listenTo(t, l, hello, 20)
			l.Close()
			if speaker.first.asked != 2 || speaker.later.asked != 1 {
				t.Errorf("%s: spoken %d times, then %d", name, speaker.first.asked, speaker.later.asked)
			}
			if strings.Count(log.String(), "could not be prepared") != 1 {
				t.Errorf("%s: the log says %q", name, &log)
			}
		})
	}
}

// TestSpeechThatIsNeverKeptIsSpokenSeldom: providers are paid for each time.
func TestSpeechThatIsNeverKeptIsSpokenSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		speaker := &voice{stopgap: true}
		l := New(Config{Speech: speaker}, slog.New(slog.DiscardHandler))
		defer l.Close()
		l.Prepare(t.Context(), []File{{Speech: speech.Utterance{Text: "Hello."}}})
		time.Sleep(7 * 24 * time.Hour)
		synctest.Wait() // it may be spoken at this very moment
		if speaker.asked > 20 {
			t.Errorf("spoken %d times in a week", speaker.asked)
		}
	})
}

// TestPreparingEnds with its context, in the middle of a prompt, and with the library.
func TestPreparingEnds(t *testing.T) {
	for _, close := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			l := New(Config{Speech: &voice{err: &speech.Error{Kind: speech.Broken}}}, slog.New(slog.DiscardHandler))
			ctx, cancel := context.WithCancel(t.Context())
			l.Prepare(ctx, []File{{Speech: speech.Utterance{Text: "Hello."}}})
			time.Sleep(time.Minute)
			if !close {
				cancel()
				synctest.Wait() // a goroutine that went on would be found by the bubble
			}
			l.Close()
			cancel()
		})
	}
}
