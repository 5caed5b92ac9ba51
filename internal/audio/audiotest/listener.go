package audiotest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// memory is how much a Listener keeps at least.
const memory = time.Minute

// Listener is an audio.Sink that remembers what it hears and lets a test wait
// for it. One goroutine writes; any number may ask and wait.
type Listener struct {
	rate int

	mu      sync.Mutex
	samples []int16
	before  int           // how many samples came before the first of these
	changed chan struct{} // closed and replaced at each frame
}

// NewListener hears at a rate in Hz. A frame of another rate is the test's
// mistake and panics.
func NewListener(rate int) *Listener {
	return &Listener{rate: rate, changed: make(chan struct{})}
}

// WriteFrame implements audio.Sink; nil is silence.
func (l *Listener) WriteFrame(f audio.Frame) {
	if f == nil {
		f = make(audio.Frame, audio.Samples(l.rate))
	}
	if f.Rate() != l.rate {
		panic(fmt.Sprintf("audiotest: a listener at %d Hz was given a frame at %d Hz", l.rate, f.Rate()))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.samples = append(l.samples, f...)
	if keep := count(memory, l.rate); len(l.samples) > 2*keep {
		l.forget(len(l.samples) - keep)
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// Heard returns a copy of what was heard since the beginning or the last
// Forget, the latest minute of it at least.
func (l *Listener) Heard() []int16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.samples)
}

// Forget starts afresh: what was heard so far satisfies no later Wait.
func (l *Listener) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(len(l.samples))
}

func (l *Listener) forget(n int) {
	l.samples = slices.Clone(l.samples[n:])
	l.before += n
}

// WaitTone returns nil once the frequency was heard, almost alone, for at least
// a time since the last Forget. When ctx is done first, the error says what was
// heard instead.
func (l *Listener) WaitTone(ctx context.Context, frequency float64, atLeast time.Duration) error {
	what := fmt.Sprintf("%v of %v Hz", atLeast, frequency)
	return l.wait(ctx, what, 0, toneFor(l.rate, frequency, atLeast))
}

// WaitKeys returns nil once the keys heard in-band since the last Forget are
// these, in this order and no other between them; errors are those of WaitTone.
func (l *Listener) WaitKeys(ctx context.Context, pressed string) error {
	var ear keyEar
	return l.wait(ctx, fmt.Sprintf("keys %q", pressed), 0, func(w []int16) bool {
		ear.hear(w, l.rate)
		return string(ear.heard) == pressed
	})
}

// WaitSilence returns nil once it has been silent for a time from now on; errors
// are those of WaitTone.
func (l *Listener) WaitSilence(ctx context.Context, atLeast time.Duration) error {
	what := fmt.Sprintf("%v of silence", atLeast)
	return l.wait(ctx, what, l.now(), lasting(atLeast, func(w []int16) bool { return Level(w) < faint }))
}

// wait gives the judge one window after the other, from a sample on.
func (l *Listener) wait(ctx context.Context, what string, at int, enough func([]int16) bool) error {
	size, step := count(window, l.rate), count(hop, l.rate)
	for {
		heard, first, changed := l.since(at)
		for at = first; len(heard) >= size; at += step {
			if enough(heard[:size]) {
				return nil
			}
			heard = heard[step:]
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waited for %s; heard %s: %w", what, Describe(l.Heard(), l.rate), context.Cause(ctx))
		}
	}
}

// since returns a copy of what was heard from a sample on, or from the first
// that is remembered, and what tells of more.
func (l *Listener) since(at int) (heard []int16, first int, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first = max(at, l.before)
	from := min(first-l.before, len(l.samples))
	return slices.Clone(l.samples[from:]), first, l.changed
}

func (l *Listener) now() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.before + len(l.samples)
}
