package streaming

import (
	"context"

	"github.com/switchhook/switchhook/internal/speech"
)

// CaptionConfig is what is wanted as captions: what is said, as text for those who are in
// the call.
type CaptionConfig struct {
	CorrelationID string
	Locale        string // BCP 47 with a region
	// Tell hears every result, also hypotheses. It must not block.
	Tell func(who string, r speech.Result)
	// Failed hears that what is said is not understood any more. It must not block.
	Failed func(error)
}

// Caption starts a transcription without an application.
func (d *Dialer) Caption(cfg CaptionConfig, recognizer speech.Recognizer) *Transcript {
	t := &Transcript{
		dialer: d, recognizer: recognizer, told: cfg.Tell, log: d.Log.With("call", cfg.CorrelationID),
		cfg: TranscriptConfig{CorrelationID: cfg.CorrelationID, Locale: cfg.Locale, Intermediate: true},
		report: func(r Report) {
			if failed, is := r.(Failed); is {
				cfg.Failed(failed.Err)
			}
		},
	}
	t.ctx, t.cancel = context.WithCancelCause(context.Background())
	return t
}
