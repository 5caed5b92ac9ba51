package server

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/streaming"
)

// streamTokenLife is how long the token of a stream's handshake is good: as on ACS.
const streamTokenLife = 24 * time.Hour

// streamBudget bounds what applications have sent and nobody has heard yet, in
// bytes, over all calls: two and a half hours of speech.
const streamBudget = 256 << 20

// streams opens streams of calls' audio to applications.
type streams struct{ dialer *streaming.Dialer }

func (s streams) Open(cfg streaming.Config, report func(streaming.Report)) call.Stream {
	return s.dialer.Open(cfg, report)
}

// transcripts opens transcriptions of what is said in calls.
type transcripts struct {
	dialer     *streaming.Dialer
	recognizer speech.Recognizer
}

func (t transcripts) Transcribe(cfg streaming.TranscriptConfig, report func(streaming.Report)) call.Transcript {
	return t.dialer.Transcribe(cfg, t.recognizer, report)
}

func (t transcripts) Caption(cfg streaming.CaptionConfig) call.Transcript {
	return t.dialer.Caption(cfg, t.recognizer)
}

func (p *parts) openStreams() streams {
	dialer := &streaming.Dialer{
		Token:  func(ctx context.Context) (string, error) { return p.tokens.TokenFor(ctx, streamTokenLife) },
		Check:  p.cfg.Outbound.Check(),
		Log:    p.log.With("part", "streaming"),
		Budget: p.sentAhead,
	}
	p.metrics.MustRegister(dialer.Metrics()...)
	return streams{dialer}
}
