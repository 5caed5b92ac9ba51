package calltest

import (
	"context"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// Recognizer understands what a test tells it to.
type Recognizer struct {
	// Understood are the results of the next utterances, one list each; the last one
	// of a list is Last. An utterance without any has no result.
	Understood [][]speech.Result
	Delay      time.Duration // from Finish to its results
	Hypothesis string        // that comes with the first sample
	Refuses    error         // what Listen returns
	Fails      error         // what ends a transcriber at its first sample

	mu       sync.Mutex
	asked    []speech.Listening
	heard    time.Duration // written in all
	begun    time.Duration // the offset of the first sample
	finished int
	open     int
}

// Listen implements speech.Recognizer.
func (r *Recognizer) Listen(_ context.Context, l speech.Listening) (speech.Transcriber, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, l)
	if r.Refuses != nil {
		return nil, r.Refuses
	}
	r.open++
	return &transcriber{r: r, results: make(chan speech.Result, 16)}, nil
}

// Asked lists what was wanted of each transcriber.
func (r *Recognizer) Asked() []speech.Listening { r.mu.Lock(); defer r.mu.Unlock(); return r.asked }

// Heard is how much was written in all, and the offset of its first sample.
func (r *Recognizer) Heard() (all, from time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heard, r.begun
}

// Open counts the transcribers that were not closed.
func (r *Recognizer) Open() int { r.mu.Lock(); defer r.mu.Unlock(); return r.open }

type transcriber struct {
	r       *Recognizer
	results chan speech.Result
	err     error
	over    bool
	timers  sync.WaitGroup
}

func (t *transcriber) Write(offset time.Duration, samples []int16) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	if t.over {
		return
	}
	if t.r.heard == 0 {
		t.r.begun = offset
		if t.r.Hypothesis != "" {
			t.results <- speech.Result{Text: t.r.Hypothesis}
		}
	}
	t.r.heard += time.Duration(len(samples)) * time.Second / 16000
	if t.r.Fails != nil {
		t.over, t.err = true, t.r.Fails
		close(t.results)
	}
}

func (t *transcriber) Finish() {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	if t.r.finished++; t.r.finished > len(t.r.Understood) {
		return
	}
	results := t.r.Understood[t.r.finished-1]
	t.timers.Go(func() {
		time.Sleep(t.r.Delay)
		t.r.mu.Lock()
		defer t.r.mu.Unlock()
		for i, result := range results {
			result.Last = i == len(results)-1
			if !t.over {
				t.results <- result
			}
		}
	})
}

func (t *transcriber) Results() <-chan speech.Result { return t.results }
func (t *transcriber) Err() error                    { t.r.mu.Lock(); defer t.r.mu.Unlock(); return t.err }

func (t *transcriber) Close() {
	t.timers.Wait()
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.r.open--
	if !t.over {
		t.over = true
		close(t.results)
	}
}
