package player

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/loudness"
	"github.com/switchhook/switchhook/internal/panics"
)

// openAhead is how much sound of clips waits to be played before the next prompt
// is opened: about what a slow download takes.
const openAhead = 30 * time.Second

// Open plays prompts one after the other, again and again if loop is set. The
// playback ends, and what it holds is released, when ctx is done.
func (l *Library) Open(ctx context.Context, list []File, loop bool) *Playback {
	p := newPlayback(&l.gaps)
	if len(list) == 0 {
		close(p.started)
		p.finish(0, nil)
		return p
	}
	ctx, cancel := context.WithCancelCause(ctx)
	f := &feeder{library: l, playback: p, list: list, loop: loop, clips: make([]*Clip, len(list)), last: p.item}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		cancel(ErrClosed)
		p.finish(0, ErrClosed)
		return p
	}
	detach := context.AfterFunc(l.ctx, func() { cancel(ErrClosed) })
	l.work.Go(func() {
		if err := panics.Contain(l.log, panics.Prompt, func() { f.run(ctx) }); err != nil {
			f.fail(0, err)
		}
		context.AfterFunc(ctx, func() {
			detach()
			f.release(context.Cause(ctx))
		})
	})
	return p
}

// feeder opens the prompts of a playback, each before it is needed, and decodes
// those that are streamed.
type feeder struct {
	library  *Library
	playback *Playback
	list     []File
	loop     bool

	clips   []*Clip // of the prompts that are held
	last    *item   // after which the next is put
	opened  int64   // samples put so far, as Playback.played counts them
	started bool
}

// run puts one round of prompts after another, until there is no more to put.
func (f *feeder) run(ctx context.Context) {
	for {
		first, held, err := f.round(ctx)
		switch {
		case err != nil:
			return
		case !f.loop:
			f.last.next.Store(&item{})
			return
		case held:
			f.last.next.Store(first)
			return
		}
	}
}

// round puts each prompt once. It returns the first of them, and whether all are
// held in memory.
func (f *feeder) round(ctx context.Context) (first *item, held bool, err error) {
	held = true
	for i := range f.list {
		if err := f.ahead(ctx); err != nil {
			return nil, false, err
		}
		next, src, err := f.open(ctx, i)
		if err != nil {
			if ctx.Err() == nil {
				f.fail(i, err)
			}
			return nil, false, err
		}
		f.put(next)
		if i == 0 {
			first = next
		}
		if src != nil {
			held = false
			if err := f.stream(ctx, next, src); err != nil {
				return nil, false, err
			}
		}
	}
	return first, held, nil
}

// ahead waits until more sound is needed.
func (f *feeder) ahead(ctx context.Context) error {
	for {
		left := time.Duration(f.opened-f.playback.played.Load()) * time.Second / wideband
		if left <= openAhead {
			return context.Cause(ctx)
		}
		if err := sleep(ctx, max(left-openAhead, refill)); err != nil {
			return err
		}
	}
}

// open prepares one prompt; one that is streamed comes with its source.
func (f *feeder) open(ctx context.Context, index int) (*item, *source, error) {
	if clip := f.clips[index]; clip != nil { // from the round before
		return &item{clip: clip, index: index}, nil, nil
	}
	got, err := f.library.fetch(ctx, f.list[index])
	switch {
	case err != nil:
		return nil, nil, err
	case got.source != nil:
		return &item{stream: new(stream), index: index}, got.source, nil
	}
	f.clips[index] = got.clip
	return &item{clip: got.clip, index: index}, nil, nil
}

// put makes a prompt the next to be played.
func (f *feeder) put(next *item) {
	f.last.next.Store(next)
	f.last = next
	if next.clip != nil {
		f.opened += int64(next.clip.Duration() * wideband / time.Second)
	}
	if !f.started {
		f.started = true
		close(f.playback.started)
	}
}

// stream decodes a prompt while it is played.
func (f *feeder) stream(ctx context.Context, i *item, src *source) error {
	defer src.close()
	defer context.AfterFunc(ctx, func() { src.limit.cancel(context.Cause(ctx)) })()
	p := f.playback
	for p.rate.Load() == 0 {
		select {
		case <-p.first:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	rate := int(p.rate.Load())
	var level *loudness.Leveller
	if target := f.library.cfg.Loudness; target != 0 {
		level = loudness.NewLeveller(rate, target)
	}
	err := i.stream.decode(ctx, src, rate, level, p.over.Load)
	if ctx.Err() != nil {
		return context.Cause(ctx) // whatever it made the decoder say
	}
	i.stream.end(err)
	f.opened = p.played.Load() + int64(bufferFor.Seconds()*wideband)
	return err
}

// fail ends the playback with a prompt that cannot be opened: at once if nothing
// was heard yet, else after what is being played.
func (f *feeder) fail(index int, err error) {
	if !f.started {
		f.playback.finish(index, err)
		return
	}
	f.last.next.Store(&item{index: index, err: err})
}

// release ends the playback and gives back what it holds.
func (f *feeder) release(cause error) {
	switch {
	case errors.Is(cause, ErrClosed):
		f.playback.finish(0, cause)
	case !f.started:
		f.playback.finish(0, nil)
	default:
		f.playback.Stop()
	}
	for _, clip := range f.clips {
		if clip != nil {
			f.library.shelf.drop(clip)
		}
	}
}
