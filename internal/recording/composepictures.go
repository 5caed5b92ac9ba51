package recording

import (
	"context"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/recording/compose"
)

// Composer makes mp4 of pictures and sound.
type Composer interface {
	Compose(context.Context, compose.Job) error
}

// composeRounds is how often the pictures of a recording are tried before the picture is
// a still one: better that than none.
const composeRounds = 3

// stillNote is in the metadata of a recording without its pictures.
const stillNote = "The pictures could not be composed: the picture is a still one."

// composes reports whether a chunk has pictures that are to be seen.
func (r *Record) composes(chunk int) bool {
	c := &r.Chunks[chunk]
	return r.Format == MP4 && c.Pictures && !c.Still
}

// compose makes the file of a chunk with pictures. Where that has failed often enough,
// the chunk gets a still picture.
func (l *Library) compose(record *Record, chunk, round int) error {
	from := time.Duration(chunk) * time.Duration(l.chunkFrames) * audio.FrameDuration
	share := func(done float64) float64 { return (float64(chunk) + done) / float64(len(record.Chunks)) }
	duration := record.Chunks[chunk].duration()
	before := 0.0
	defer l.composing.end(record.key())
	err := l.cfg.Composer.Compose(l.life, compose.Job{
		Pictures: func() (compose.File, error) { return l.files.Open(record.picturesName(chunk)) },
		Sound:    l.soundOf(record, chunk), Output: l.outputOf(record, chunk),
		From: from, Duration: duration,
		Progress: func(done float64) {
			l.composing.set(record.key(), share(done))
			l.composed.Add(int64(max(done-before, 0) * float64(duration.Milliseconds())))
			before = done
		},
	})
	switch {
	case err == nil:
		record.Chunks[chunk].Converted = true
		return nil
	case round < composeRounds || l.life.Err() != nil:
		return err
	}
	l.log.Error("pictures of a recording cannot be composed, and the picture is a still one", "recording", record.key(), "chunk", chunk, "error", err)
	record.Chunks[chunk].Still = true
	return nil
}

// removeSources removes what a converted file was made of. Pictures that could not be
// composed stay until the recording is deleted.
func (l *Library) removeSources(record *Record, chunk int) error {
	if record.composes(chunk) {
		if err := l.files.Remove(record.picturesName(chunk)); err != nil {
			return err
		}
	}
	return l.files.Remove(record.fileName(chunk))
}

// progress is how far recordings are that are being composed, by GUID.
type progress struct {
	mu   sync.Mutex // held around memory
	done map[string]float64
}

func (p *progress) set(guid string, done float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		p.done = make(map[string]float64)
	}
	p.done[guid] = done
}

func (p *progress) end(guid string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.done, guid)
}

// Composing returns how far a recording is whose pictures are being composed, from 0 to
// 1; false: none are.
func (l *Library) Composing(guid string) (float64, bool) {
	l.composing.mu.Lock()
	defer l.composing.mu.Unlock()
	done, ok := l.composing.done[guid]
	return done, ok
}
