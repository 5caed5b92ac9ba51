package calltest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/speech"
)

// Prompts plays one second for each prompt, and begins after 10 ms.
type Prompts struct {
	Fail map[string]error // by address, those that cannot be played; OwnMusic for the configured music on hold

	playing atomic.Int64

	mu     sync.Mutex
	warmed []speech.Endpoints
}

// Names in Fail of what is configured: the music on hold, the announcement of
// recordings.
const (
	OwnMusic        = "own music"
	OwnAnnouncement = "own announcement"
)

// NewPrompts plays everything.
func NewPrompts() *Prompts { return &Prompts{Fail: make(map[string]error)} }

// Open implements call.Prompts.
func (p *Prompts) Open(ctx context.Context, list []call.Prompt, loop bool) call.Playback {
	b := &playback{prompts: p, list: list, loop: loop, started: make(chan struct{}), done: make(chan struct{})}
	p.playing.Add(1)
	context.AfterFunc(ctx, func() { p.playing.Add(-1) })
	go func() {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return
		}
		if b.err = b.failure(); b.err != nil {
			close(b.done)
			return
		}
		close(b.started)
		context.AfterFunc(ctx, func() { b.stopped.Store(true) })
	}()
	return b
}

// Playing is how many playbacks somebody has opened and not given up.
func (p *Prompts) Playing() int { return int(p.playing.Load()) }

// Warm implements call.Prompts.
func (p *Prompts) Warm(of speech.Endpoints) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warmed = append(p.warmed, of)
}

// Warmed lists what Warm was told.
func (p *Prompts) Warmed() []speech.Endpoints { p.mu.Lock(); defer p.mu.Unlock(); return p.warmed }

type playback struct {
	prompts       *Prompts
	list          []call.Prompt
	loop          bool
	started, done chan struct{}
	stopped       atomic.Bool

	index, frames int // what is being played, and how much of it has been
	over          bool
	err           error
}

// failure is why the present prompt cannot be played.
func (b *playback) failure() error {
	switch prompt := b.list[b.index].(type) {
	case call.OwnMusic:
		if !prompt.Generated {
			return b.prompts.Fail[OwnMusic]
		}
	case call.OwnAnnouncement:
		return b.prompts.Fail[OwnAnnouncement]
	case call.File:
		return b.prompts.Fail[prompt.URI]
	}
	return nil
}

func (b *playback) Started() <-chan struct{} { return b.started }
func (b *playback) Done() <-chan struct{}    { return b.done }

func (b *playback) Err() (int, error) {
	select {
	case <-b.done:
		return b.index, b.err
	default:
		return 0, nil
	}
}

// ReadFrame says the same all the time.
func (b *playback) ReadFrame(f audio.Frame) bool {
	if b.over {
		return false
	}
	for i := range f {
		f[i] = 1000
	}
	if b.frames++; b.frames == audio.FramesPerSecond {
		b.next()
	}
	if b.stopped.Load() || b.err != nil || b.index == len(b.list) {
		b.over = true
		close(b.done)
	}
	return true
}

func (b *playback) next() {
	b.frames = 0
	if b.index++; b.index == len(b.list) && b.loop {
		b.index = 0
	}
	if b.index < len(b.list) {
		b.err = b.failure()
	}
}
