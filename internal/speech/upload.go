package speech

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// Uploader understands whole utterances: a service that is sent a file. Its errors are
// Errors.
type Uploader interface {
	// Understand returns what is said in a WAV file of 16-bit mono.
	Understand(ctx context.Context, wav []byte, l Listening) (Result, error)
}

// Uploading is the Recognizer of an Uploader.
type Uploading struct{ Uploader }

// Listen implements Recognizer.
func (u Uploading) Listen(ctx context.Context, l Listening) (Transcriber, error) {
	return newRelay(ctx, u.Uploader, l), nil
}

// relay is a Transcriber that sends each utterance, when it is over, to an uploader.
type relay struct {
	ctx     context.Context
	cancel  context.CancelFunc
	asked   chan utterance
	results chan Result
	err     error // set before results is closed
	gone    chan struct{}
	rate    int
	now     utterance // the writer's
}

// newRelay serves a speaker until ctx is done.
func newRelay(ctx context.Context, to Uploader, l Listening) *relay {
	r := &relay{
		asked: make(chan utterance, maxUtterances), results: make(chan Result, maxUtterances), gone: make(chan struct{}), rate: l.Rate,
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	go r.run(to, l)
	return r
}

// Write implements Transcriber.
func (r *relay) Write(offset time.Duration, samples []int16) {
	if len(r.now.samples) == 0 {
		r.now.begun = offset
	}
	room := samplesIn(longestUtterance, r.rate) - len(r.now.samples)
	r.now.samples = append(r.now.samples, samples[:min(room, len(samples))]...)
}

// Finish implements Transcriber.
func (r *relay) Finish() {
	if len(r.now.samples) == 0 {
		return
	}
	said := r.now
	r.now = utterance{}
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
func (r *relay) run(to Uploader, l Listening) {
	defer close(r.gone)
	defer close(r.results)
	var beside sync.WaitGroup
	defer beside.Wait()
	connecting, cancel := context.WithTimeout(r.ctx, connectWithin)
	defer cancel()
	if service, can := to.(HearingWarmer); can { // while somebody speaks
		beside.Go(func() { service.WarmHearing(connecting) })
	}
	for {
		select {
		case said := <-r.asked:
			result, err := understand(r.ctx, to, said, l)
			if r.ctx.Err() != nil {
				return
			}
			if err != nil {
				r.err = err
				return
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

// understand sends an utterance as a file, and puts its result on the time axis.
func understand(ctx context.Context, to Uploader, said utterance, l Listening) (Result, error) {
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, l.Rate, said.samples); err != nil {
		return Result{}, err
	}
	result, err := to.Understand(ctx, file.Bytes(), l)
	if result.Duration == 0 {
		result.Duration = durationOf(len(said.samples), l.Rate)
	}
	result.Final, result.Last = true, true
	result.Offset += said.begun
	for i := range result.Words {
		result.Words[i].Offset += said.begun
	}
	return result, err
}
