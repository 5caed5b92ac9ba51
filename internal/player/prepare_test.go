package player

import (
	"context"
	"log/slog"
	"strings"
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

// TestSpeechThatCannotBePreparedIsTriedAgain: a provider that is down at the start, and one
// that stood in for another.
func TestSpeechThatCannotBePreparedIsTriedAgain(t *testing.T) {
	for name, break_ := range map[string]func(v *voice, broken bool){
		"it is down": func(v *voice, broken bool) {
			v.err = nil
			if broken {
				v.err = &speech.Error{Kind: speech.Unreachable}
			}
		},
		"another stands in": func(v *voice, broken bool) { v.stopgap = broken },
	} {
		synctest.Test(t, func(t *testing.T) {
			var log strings.Builder
			speaker := &voice{}
			break_(speaker, true)
			l := New(Config{Speech: speaker}, slog.New(slog.NewTextHandler(&log, nil)))
			hello := File{Speech: speech.Utterance{Text: "Hello."}}
			l.Prepare(t.Context(), []File{hello})
			time.Sleep(prepareEvery + time.Minute)
			break_(speaker, false)
			time.Sleep(prepareEvery)
			asked := speaker.asked
			listenTo(t, l, hello, 20)
			if asked != 3 || speaker.asked != asked {
				t.Errorf("%s: spoken %d times, then %d", name, asked, speaker.asked)
			}
			l.Close()
			if strings.Count(log.String(), "could not be prepared") != 1 {
				t.Errorf("%s: the log says %q", name, &log)
			}
		})
	}
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
