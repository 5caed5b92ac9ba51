package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// How long a file may take.
const (
	// longest is for each second of it: a machine that is this busy with calls composes
	// nothing.
	longest = 20
	// atLeast is for the shortest one.
	atLeast = 10 * time.Minute
	// defaultStall is how long no frame may be made.
	defaultStall = 2 * time.Minute
	// attempts is how often one file is tried.
	attempts = 2
)

var (
	errStalled = errors.New("it hangs")
	errSlow    = fmt.Errorf("it takes more than %d times as long as the recording", longest)
)

// Config is what a Composer needs.
type Config struct {
	Pool  *convert.Pool // whose places are taken
	Stall time.Duration // how long no frame may be made, and no decoder be given up; 0: two minutes
}

// Composer composes files. It is safe for concurrent use.
type Composer struct {
	cfg Config
	log *slog.Logger
}

// New returns a composer.
func New(cfg Config, log *slog.Logger) *Composer {
	if cfg.Stall == 0 {
		cfg.Stall = defaultStall
	}
	return &Composer{cfg, log}
}

// File is what is read anywhere.
type File interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// Job is a file that is to be made.
type Job struct {
	Pictures       func() (File, error)          // as package pictures stores them
	Sound          func() (io.ReadCloser, error) // WAV, from its beginning
	Output         func() (convert.Output, error)
	From, Duration time.Duration      // of the sound, in the recording
	Progress       func(done float64) // from 0 to 1; nil: nobody wants to know
}

// Compose makes a file and returns when it is complete. It waits for a place among the
// encoders. After a process that crashes or hangs, it is tried again; the last attempt goes
// on without the pictures that a decoder crashes of, or hangs.
func (c *Composer) Compose(ctx context.Context, job Job) error {
	return c.cfg.Pool.Hold(ctx, func() error {
		for attempt := 1; ; attempt++ {
			err := c.attempt(ctx, job, attempt == attempts)
			var failed *convert.Error
			if err == nil || !errors.As(err, &failed) || attempt == attempts || ctx.Err() != nil {
				return err
			}
			c.log.Warn("the pictures of a recording were not composed, and another attempt is made", "error", err)
		}
	})
}

// attempt makes a file by processes of its own. last: no other follows.
func (c *Composer) attempt(ctx context.Context, job Job, last bool) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	limit := time.AfterFunc(atLeast+longest*job.Duration, func() { end(&convert.Error{Cause: errSlow}) })
	defer limit.Stop()
	stored, err := job.Pictures()
	if err != nil {
		return err
	}
	defer stored.Close()
	size, err := stored.Size()
	if err != nil {
		return err
	}
	survey, err := pictures.SurveyOf(stored, size)
	if err != nil {
		return err
	}
	sound, err := job.Sound()
	if err != nil {
		return err
	}
	defer sound.Close()
	out, err := job.Output()
	if err != nil {
		return err
	}
	convert.Lowly(func() {
		made := newPlan(survey, job.From, job.Duration)
		if last {
			made.patience = c.cfg.Stall / 2
		}
		err = c.make(ctx, end, made, stored, sound, out, job.Progress)
	})
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // of which what failed is a consequence
	}
	if err != nil {
		return errors.Join(err, out.Discard())
	}
	return out.Close()
}

// make paints and encodes all frames.
func (c *Composer) make(ctx context.Context, end context.CancelCauseFunc, p *plan, stored io.ReaderAt, sound io.Reader, out io.Writer, progress func(float64)) (err error) {
	program := c.cfg.Pool.Program()
	painter, err := newPainter(p, stored, program, c.log)
	if err != nil {
		return err
	}
	defer painter.close()
	encoder, err := startEncoder(ctx, program, sound, out)
	if err != nil {
		return err
	}
	stall := time.AfterFunc(c.cfg.Stall, func() { end(&convert.Error{Cause: errStalled}) })
	defer stall.Stop()
	painter.moved = func() { stall.Reset(c.cfg.Stall) }
	for frame := range p.count {
		if err = painter.paint(ctx, frame); err != nil {
			end(err)
			break
		}
		if _, err = encoder.frames.Write(painter.canvas.pix); err != nil {
			break
		}
		if stall.Reset(c.cfg.Stall); progress != nil {
			progress(float64(frame+1) / float64(p.count))
		}
	}
	return encoder.end(err)
}
