package speech

import (
	"bytes"
	"context"
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// longestUpload bounds an utterance, as its samples are kept until it is over.
const longestUpload = 60 * time.Second

// Uploader understands whole utterances: a service that is sent a file. Its errors are
// Errors.
type Uploader interface {
	// Understand returns what is said in a WAV file of 16-bit mono.
	Understand(ctx context.Context, wav []byte, l Listening) (Result, error)
}

// relay is a Transcriber that sends each utterance, when it is over, to the first
// provider that takes it.
type relay struct {
	ctx     context.Context
	cancel  context.CancelFunc
	asked   chan utterance
	results chan Result
	err     error // set before results is closed
	gone    chan struct{}

	// The writer's.
	rate    int
	begun   time.Duration
	samples []int16
}

// utterance is what was said, with its place on the time axis.
type utterance struct {
	begun   time.Duration
	samples []int16
}

// maxUtterances bounds the utterances that wait for their results.
const maxUtterances = 8

// newRelay serves a speaker until ctx is done.
func newRelay(ctx context.Context, order []Named[Uploader], l Listening, log *slog.Logger) *relay {
	r := &relay{
		asked: make(chan utterance, maxUtterances), results: make(chan Result, maxUtterances), gone: make(chan struct{}), rate: l.Rate,
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	go r.run(order, l, log)
	return r
}

// Write implements Transcriber.
func (r *relay) Write(offset time.Duration, samples []int16) {
	if len(r.samples) == 0 {
		r.begun = offset
	}
	room := int(longestUpload.Seconds())*r.rate - len(r.samples)
	r.samples = append(r.samples, samples[:min(room, len(samples))]...)
}

// Finish implements Transcriber.
func (r *relay) Finish() {
	said := utterance{r.begun, r.samples}
	r.samples = nil
	select {
	case r.asked <- said:
	case <-r.ctx.Done():
	default: // the provider is that far behind: this utterance has no result
	}
}

// Results implements Transcriber.
func (r *relay) Results() <-chan Result { return r.results }

// Err implements Transcriber.
func (r *relay) Err() error { return r.err }

// Close implements Transcriber.
func (r *relay) Close() {
	r.cancel()
	<-r.gone
}

// run answers one utterance after the other.
func (r *relay) run(order []Named[Uploader], l Listening, log *slog.Logger) {
	defer close(r.gone)
	defer close(r.results)
	for {
		select {
		case said := <-r.asked:
			result, err := understand(r.ctx, order, said, l, log)
			if r.ctx.Err() != nil {
				return
			}
			if err != nil {
				r.err = err
				return
			}
			result.Final, result.Last = true, true
			result.Offset += said.begun
			for i := range result.Words {
				result.Words[i].Offset += said.begun
			}
			select {
			case r.results <- result:
			case <-r.ctx.Done():
				return
			}
		case <-r.ctx.Done():
			return
		}
	}
}

// understand asks each provider in turn. If all fail, the error is that of the first.
func understand(ctx context.Context, order []Named[Uploader], said utterance, l Listening, log *slog.Logger) (Result, error) {
	if len(said.samples) == 0 {
		return Result{}, nil
	}
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, l.Rate, said.samples); err != nil {
		return Result{}, err
	}
	var first error
	for _, p := range order {
		result, err := p.Provider.Understand(ctx, file.Bytes(), l)
		if result.Duration == 0 {
			result.Duration = time.Duration(len(said.samples)) * time.Second / time.Duration(l.Rate)
		}
		if err == nil || ctx.Err() != nil {
			return result, err
		}
		log.Warn("a provider of speech could not understand an utterance", "provider", p.Name, "error", err)
		if first == nil {
			first = err
		}
	}
	return Result{}, first
}
