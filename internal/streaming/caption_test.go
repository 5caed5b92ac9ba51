package streaming

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/speech"
)

// captioned lets somebody speak for a second, again and again, and returns what was told.
func captioned(t *testing.T, provider speech.Recognizer, times int) (lines []string, failures []error) {
	synctest.Test(t, func(t *testing.T) {
		d := &Dialer{Log: slog.New(slog.DiscardHandler)}
		r := &speech.Recognizers{}
		r.Choice.Log = d.Log
		r.Choice.Default = []speech.Named[speech.Recognizer]{{Name: "fake", Provider: provider}}
		s := d.Caption(CaptionConfig{
			Locale: "en-US",
			Tell:   func(who string, r speech.Result) { lines = append(lines, fmt.Sprint(who, " ", r.Text, " ", r.Final)) },
			Failed: func(err error) { failures = append(failures, err) },
		}, r)
		ear := s.Participant("4:+15551230001")
		said := audiotest.Speech(8000, 1000)
		for tick := range times * 200 {
			var f audio.Frame
			if at := tick % 200 * 160; at < len(said) {
				f = said[at : at+160]
			}
			ear.HearFrame(audio.Tick(1000+tick), f)
			time.Sleep(20 * time.Millisecond)
			synctest.Wait()
		}
		ear.(io.Closer).Close()
		s.Close()
	})
	return lines, failures
}

func TestCaptionsHaveHypotheses(t *testing.T) {
	lines, failures := captioned(t, &guessing{}, 1)
	if want := []string{"4:+15551230001 good false", "4:+15551230001 Good morning. true"}; !slices.Equal(lines, want) || failures != nil {
		t.Errorf("told %q, failures %v", lines, failures)
	}
}

func TestCaptionsThatNobodyUnderstandsFail(t *testing.T) {
	refused := errors.New("refused")
	lines, failures := captioned(t, speech.Uploading{Uploader: &understanding{err: refused}}, maxFailures+1)
	if len(failures) != 1 || !errors.Is(failures[0], refused) || len(lines) != 0 {
		t.Errorf("told %q, failures %v", lines, failures)
	}
}
