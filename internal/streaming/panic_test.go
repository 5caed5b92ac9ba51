package streaming

import (
	"context"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/speech"
)

// panicking is a provider that panics in one of its methods.
type panicking struct{ in string }

func (p panicking) Listen(context.Context, speech.Listening) (speech.Transcriber, error) {
	if p.in == "Listen" {
		panic("the provider is broken")
	}
	return panickingGuess{&guess{results: make(chan speech.Result, 4)}}, nil
}

type panickingGuess struct{ *guess }

func (panickingGuess) Write(time.Duration, []int16) { panic("the provider is broken") }

func TestTranscriptionOutlivesAProviderThatPanics(t *testing.T) {
	for _, in := range []string{"Listen", "Write"} {
		before := recovered("speech")
		_, reports := transcribeBy(t, panicking{in}, TranscriptConfig{Locale: "en-US"}, []time.Duration{time.Second}, nil)
		if len(reports) != 1 || reports[0] != (Opened{}) {
			t.Errorf("%s panics: reports %v", in, reports)
		}
		if recovered("speech") == before {
			t.Errorf("%s has not panicked", in)
		}
	}
}

// recovered is how many panics of a part were recovered.
func recovered(part string) (count uint64) {
	panics.Counts(func(name string, n uint64) {
		if name == part {
			count = n
		}
	})
	return count
}
