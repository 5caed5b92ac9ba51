package speech

import (
	"context"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
)

// failover is the Transcriber of several providers:
//
//	idle ──first sample──▶ open ──nobody has spoken for a while, all is understood──▶ idle
//	                        └──the provider fails──▶ open, with the next provider, or over
//
// What is not yet understood is kept and given to the provider that is opened, so that
// no word is lost when a connection breaks.
type failover struct {
	choice  *Choice[Recognizer]
	order   []Named[Recognizer]
	l       Listening
	ctx     context.Context
	cancel  context.CancelFunc
	results chan Result
	err     error         // set before results is closed
	wake    chan struct{} // an utterance has begun or is over
	gone    chan struct{}

	mu      sync.Mutex
	pending []*utterance // not understood, the oldest first
	text    Transcriber  // nil: idle

	// Of the goroutine that runs.
	at    int   // the provider that is asked
	gave  bool  // it has given a final result since it was opened
	first error // of the provider that failed first since one has worked
}

// newFailover serves a speaker until ctx is done.
func newFailover(ctx context.Context, c *Choice[Recognizer], order []Named[Recognizer], l Listening) *failover {
	f := &failover{
		choice: c, order: order, l: l,
		results: make(chan Result, 4*maxUtterances), wake: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	f.ctx, f.cancel = context.WithCancel(ctx)
	go f.run()
	return f
}

// Results implements Transcriber.
func (f *failover) Results() <-chan Result { return f.results }

// Err implements Transcriber.
func (f *failover) Err() error { return f.err }

// Close implements Transcriber.
func (f *failover) Close() {
	f.cancel()
	<-f.gone
}

// run passes results on until all providers have failed.
func (f *failover) run() {
	defer close(f.gone)
	defer close(f.results)
	defer f.drop()
	if panicked := panics.Contain(f.choice.Log, panics.Speech, f.serve); panicked != nil {
		f.err = panicked
	}
}

func (f *failover) serve() {
	limit := time.NewTimer(idleFor)
	defer limit.Stop()
	for f.ctx.Err() == nil {
		text, err := f.opened()
		if err != nil {
			if f.failed(err); f.at == len(f.order) {
				f.err = f.first
				return
			}
			continue
		}
		limit.Reset(f.patience())
		select {
		case result, open := <-resultsOf(text):
			if open {
				f.pass(result)
			} else if f.ended(text.Err()); f.at == len(f.order) {
				f.err = f.first
				return
			}
		case <-limit.C:
			if f.late(); f.at == len(f.order) {
				f.err = f.first
				return
			}
		case <-f.wake:
		case <-f.ctx.Done():
		}
	}
}

func resultsOf(text Transcriber) <-chan Result {
	if text == nil {
		return nil
	}
	return text.Results()
}

// opened returns the transcriber of the present provider, if there is something to
// understand. One that is opened gets all of it.
func (f *failover) opened() (Transcriber, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.text != nil || len(f.pending) == 0 {
		return f.text, nil
	}
	text, err := f.order[f.at].Provider.Listen(f.ctx, f.l)
	if err != nil {
		return nil, err
	}
	f.text, f.gave = text, false
	for _, u := range f.pending {
		if len(u.samples) > 0 {
			text.Write(u.begun, u.samples)
		}
		if !u.over.IsZero() {
			text.Finish()
		}
	}
	return text, nil
}

// pass passes a result on, and forgets what is understood by it.
func (f *failover) pass(r Result) {
	switch {
	case len(f.l.Languages) > 1:
		r.Language = f.l.identified(r.Language)
	case r.Language == "" && len(f.l.Languages) == 1:
		r.Language = f.l.Languages[0]
	}
	if r.Final {
		f.gave, f.first = true, nil
		f.choice.told(f.order[f.at].Name, nil)
	}
	f.mu.Lock()
	switch {
	case len(f.pending) == 0:
	case r.Last:
		f.pending = f.pending[1:]
	case r.Final:
		f.pending[0].forget(r.Offset+r.Duration, f.l.Rate)
	}
	f.mu.Unlock()
	select {
	case f.results <- r:
	case <-f.ctx.Done():
	}
}

// ended is the end of a provider's transcriber by itself. Services close connections
// at any time; one that has worked is asked again.
func (f *failover) ended(err error) {
	f.mu.Lock()
	idle := len(f.pending) == 0
	f.mu.Unlock()
	switch {
	case f.ctx.Err() != nil:
	case idle || f.gave:
		f.drop()
	case err == nil:
		f.failed(&Error{Kind: Unreachable, Provider: f.order[f.at].Name, Detail: "it has closed the connection"})
	default:
		f.failed(err)
	}
}

// failed gives the present provider up for the next one.
func (f *failover) failed(err error) {
	f.drop()
	if f.ctx.Err() != nil {
		return
	}
	name := f.order[f.at].Name
	f.choice.told(name, err)
	f.choice.Log.Warn("a provider of speech could not understand an utterance", "provider", name, "error", err)
	if f.first == nil {
		f.first = err
	}
	f.at++
}

// drop closes the present provider's transcriber.
func (f *failover) drop() {
	f.mu.Lock()
	text := f.text
	f.text = nil
	f.mu.Unlock()
	if text != nil {
		text.Close()
	}
}
