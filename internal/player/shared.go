package player

import (
	"context"
	"fmt"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/speech"
)

// File names a prompt that lies at an http or https address, or that is spoken. What
// was downloaded or spoken under a CacheID, if it is not "", stands for it for an
// hour, whatever the address or the text is by then. Without one, what was spoken to
// its end stands for the same text in the same voice.
type File struct {
	URI     string
	CacheID string
	Speech  speech.Utterance // that is spoken; without an address
	Own     *Sound           // of the server's own; without the others
}

// download is one download that any number of playbacks wait for. Two addresses
// under one cache id are two downloads, so that a broken one fails only for who
// named it.
type download struct {
	file    File
	waiting int                // guarded by Library.mu
	cancel  context.CancelFunc // gives the download up

	done   chan struct{} // closed when the following are set
	clip   *Clip         // nil: the file is streamed
	source *source       // of a stream, for the first who takes it; guarded by Library.mu
	err    error
}

// fetched is a prompt that can be played: a clip, which whoever fetched it drops, or a
// source that is streamed.
type fetched struct {
	clip   *Clip
	source *source
}

// fetch returns the prompt that a file holds.
//
// Who asks for the same at the same time shares one download; it is given up
// when nobody waits for it any more. Of a file that is streamed everybody has a
// download of his own. Errors are ErrFormat, ErrDownload, ErrClosed, or the cause
// of ctx.
func (l *Library) fetch(ctx context.Context, file File) (fetched, error) {
	if err := context.Cause(ctx); err != nil {
		return fetched{}, fmt.Errorf("fetch prompt: %w", err)
	}
	if file.Own != nil {
		clip, err := file.Own.get(l)
		return fetched{clip: clip}, err
	}
	clip, d, err := l.join(file)
	if clip != nil || err != nil {
		return fetched{clip: clip}, err
	}
	select {
	case <-d.done:
	case <-ctx.Done():
		l.leave(d)
		return fetched{}, fmt.Errorf("fetch prompt: %w", context.Cause(ctx))
	}
	if d.clip != nil || d.err != nil {
		return fetched{clip: d.clip}, d.err
	}
	if source := l.take(d); source != nil {
		return fetched{source: source}, nil
	}
	if l.keepsVersions(file) {
		return l.fetch(ctx, file) // the second download is for all further ones
	}
	return l.open(ctx, file, false)
}

// join returns the cached clip, or else the download to wait for.
func (l *Library) join(file File) (*Clip, *download, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, ErrClosed
	}
	if key := file.key(); key != "" {
		if clip, ok := l.shelf.get(key, l.now()); ok {
			return clip, nil, nil
		}
	}
	d := l.downloads[file]
	if d == nil {
		d = &download{file: file, done: make(chan struct{})}
		l.downloads[file] = d
		var ctx context.Context
		ctx, d.cancel = context.WithCancel(l.ctx)
		l.work.Go(func() { l.run(ctx, d) })
	}
	d.waiting++
	return nil, d, nil
}

// leave takes one who waits off a download, and ends it when it was the last.
func (l *Library) leave(d *download) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d.clip != nil { // it came in this moment
		l.shelf.drop(d.clip)
		return
	}
	if d.waiting--; d.waiting > 0 {
		return
	}
	d.cancel()
	l.forget(d) // who comes now needs a new one
	if d.source != nil {
		d.source.close()
		d.source = nil
	}
}

// take returns the source of a stream to the first who asks for it.
func (l *Library) take(d *download) *source {
	l.mu.Lock()
	defer l.mu.Unlock()
	source := d.source
	d.source = nil
	return source
}

// run downloads, and hands the result to all who wait.
func (l *Library) run(ctx context.Context, d *download) {
	var got fetched
	err := panics.Try(l.log, panics.Prompt, func() (err error) {
		got, err = l.open(ctx, d.file, true)
		return err
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(d)
	d.clip, d.source, d.err = got.clip, got.source, err
	switch {
	case d.clip != nil:
		l.shelf.use(d.clip, d.waiting)
		l.shelf.drop(d.clip)
		if d.clip.growth == nil {
			d.cancel()
			break
		}
		context.AfterFunc(d.clip.growth.ctx, d.cancel) // it goes on beyond this download
	case d.source == nil:
		d.cancel()
	case d.waiting == 0:
		d.cancel()
		d.source.close()
		d.source = nil
	default:
		d.source.release = d.cancel // it goes on beyond this download
	}
	close(d.done)
}

func (l *Library) forget(d *download) {
	if l.downloads[d.file] == d {
		delete(l.downloads, d.file)
	}
}
