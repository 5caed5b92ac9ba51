package call_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/streaming"
)

// transcribing answers a call of a phone with transcription set up.
func (w *world) transcribing(options call.Transcription) (*calltest.Leg, *call.Connection, string) {
	w.Helper()
	leg, in := w.incoming()
	options.URL, options.Locale = "wss://app.test/text", "en-US"
	with := control
	with.Transcription = &options
	p, err := w.Answer(bg, in.Context, identifier.ID{}, with)
	if err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	conn, err := w.Connection(p.ID)
	if err != nil {
		w.Fatal(err)
	}
	return leg, conn, p.ID
}

func TestTranscriptionIsStartedUpdatedAndStopped(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.transcribing(call.Transcription{})
		if err := conn.UpdateTranscription(bg, "de-DE", "", call.Context{}); !errors.Is(err, call.NotTranscribing) {
			t.Errorf("an update before the start: %v", err)
		}
		w.must(conn.StartTranscription(bg, nil, "", call.Context{Operation: "first"}))
		w.must(conn.StartTranscription(bg, nil, "", call.Context{Operation: "again"}))
		s := w.transcripts.Opened()[0]
		s.Tell(streaming.Opened{})
		leg.Speak(true)
		time.Sleep(time.Second)
		if heard := s.Heard("4:" + aPhone); s.Locale != "en-US" || heard < 48 {
			t.Errorf("in %s the phone was heard for %d frames", s.Locale, heard)
		}
		w.must(conn.UpdateTranscription(bg, "de-DE", "m", call.Context{Operation: "german"}))
		synctest.Wait()
		if op := w.last(id).Header().Operation; op.Context != "german" || !slices.Equal(s.Updates(), []string{"de-DE m"}) {
			t.Errorf("after the update: %+v, %v", op, s.Updates())
		}
		if p, _ := conn.Properties(bg); p.Transcription == nil || !p.Transcription.Active || p.Transcription.Locale != "de-DE" || p.Transcription.ID != s.Subscription {
			t.Errorf("getCall has %+v", p.Transcription)
		}
		w.must(conn.UpdateTranscription(bg, "de-DE", "m", call.Context{}))
		synctest.Wait()
		if op := w.last(id).Header().Operation; op.Context != "first" {
			t.Errorf("an update without a context is told with %+v", op)
		}
		w.must(conn.StopTranscription(bg, call.Context{Operation: "enough"}))
		synctest.Wait()
		w.expect(id, connected+" TranscriptionStarted TranscriptionStarted TranscriptionUpdated TranscriptionUpdated TranscriptionStopped")
		if w.last(id).Header().Operation.Context != "enough" || !s.Closed() {
			t.Error("it was not stopped")
		}
		if err := conn.StopTranscription(bg, call.Context{}); !errors.Is(err, call.NotTranscribing) {
			t.Errorf("a second stop: %v", err)
		}
		w.must(conn.StartTranscription(bg, []string{"fr-FR", "it-IT"}, "", call.Context{}))
		if got := w.transcripts.Opened()[1]; got.Locale != "fr-FR" || !slices.Equal(got.Locales, []string{"fr-FR", "it-IT"}) {
			t.Errorf("started again in %s, %v", got.Locale, got.Locales)
		}
		leg.HangUp()
		synctest.Wait()
		w.expect(id, connected+" TranscriptionStarted TranscriptionStarted TranscriptionUpdated TranscriptionUpdated TranscriptionStopped TranscriptionStopped CallDisconnected")
	})
}

func TestTranscriptionNeedsToBeSetUp(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		if err := conn.StartTranscription(bg, []string{"en-US"}, "", call.Context{}); !errors.Is(err, call.TranscriptionNotSetUp) {
			t.Errorf("got %v", err)
		}
		leg.HangUp()
	})
}

// TestTranscriptionNeedsALanguage, from the options or from the start.
func TestTranscriptionNeedsALanguage(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		with := control
		with.Transcription = &call.Transcription{URL: "wss://app.test/text"}
		p, err := w.Answer(bg, in.Context, identifier.ID{}, with)
		w.must(err)
		synctest.Wait()
		conn, err := w.Connection(p.ID)
		w.must(err)
		if err := conn.StartTranscription(bg, nil, "", call.Context{}); !errors.Is(err, call.LocaleMissing) || len(w.transcripts.Opened()) != 0 {
			t.Errorf("without a language: %v", err)
		}
		w.must(conn.StartTranscription(bg, []string{"en-US"}, "", call.Context{}))
		if got := w.transcripts.Opened(); len(got) != 1 || got[0].Locale != "en-US" {
			t.Errorf("opened %v", got)
		}
		leg.HangUp()
	})
}

func TestTranscriptionThatFailsIsTold(t *testing.T) {
	run(t, func(w *world) {
		leg, _, id := w.transcribing(call.Transcription{AtOnce: true})
		w.transcripts.Opened()[0].Tell(streaming.Failed{Err: errors.New("nobody understands")})
		synctest.Wait()
		w.expect(id, connected+" TranscriptionFailed")
		leg.HangUp()
	})
}
