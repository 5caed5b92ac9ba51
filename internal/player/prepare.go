package player

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
)

// prepareEvery is how often it is looked whether prepared speech is still kept: what has
// made room for something else, or could not be spoken, is spoken then.
const prepareEvery = 5 * time.Minute

// unkeptEvery is when a prompt is spoken again that was spoken and not kept: what a
// provider is paid for is worth that only if something has changed.
var unkeptEvery = backoff.Exponential{First: prepareEvery, Longest: 24 * time.Hour}

var errNotKept = fmt.Errorf("it is longer than %v, has no room, or a provider that stood in has spoken it", longestKept)

// Prepare has prompts spoken before they are asked for, one after the other, and keeps
// them until ctx is done or the library is closed. Who plays one of them hears it at
// once, as what was played before. It returns at once.
func (l *Library) Prepare(ctx context.Context, list []File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(list) == 0 {
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	detach := context.AfterFunc(l.ctx, func() { cancel(ErrClosed) })
	l.work.Go(func() {
		defer cancel(nil)
		defer detach()
		prompts := make([]prepared, len(list))
		for i, file := range list {
			prompts[i].File = file
		}
		for first := true; ; first = false {
			l.prepareAll(ctx, prompts, first)
			if sleep(ctx, prepareEvery) != nil {
				return
			}
		}
	})
}

// prepared is a prompt that is to be kept.
type prepared struct {
	File
	unkept int       // how often in a row it was spoken in vain
	next   time.Time // not before then
}

// prepareAll prepares what is not kept. What fails again and again is logged once.
func (l *Library) prepareAll(ctx context.Context, list []prepared, first bool) {
	for i := range list {
		p := &list[i]
		if l.now().Before(p.next) {
			continue
		}
		err := l.prepare(ctx, p.File)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errNotKept):
			p.unkept++
			p.next = l.now().Add(unkeptEvery.Delay(p.unkept))
		case err == nil:
			p.unkept = 0
		}
		if err != nil && first {
			l.log.Warn("a prompt could not be prepared; it is tried again later", "number", i+1, "error", err)
		}
	}
}

// prepare keeps a prompt for another while, or has it spoken.
func (l *Library) prepare(ctx context.Context, file File) error {
	if l.shelf.extend(file.key(), l.now(), l.cfg.CacheTime) {
		return nil
	}
	got, err := l.fetch(ctx, file)
	if got.clip != nil {
		l.shelf.drop(got.clip)
	}
	if err != nil || got.source == nil {
		return err
	}
	defer got.source.close()
	defer context.AfterFunc(ctx, func() { got.source.limit.cancel(context.Cause(ctx)) })()
	samples := make([]int16, blockSize)
	for err == nil {
		_, err = got.source.read(samples)
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	if !l.shelf.extend(file.key(), l.now(), l.cfg.CacheTime) {
		return errNotKept
	}
	return nil
}
