package convert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
)

// Program is the name of the encoder, and of Debian's package.
const Program = "ffmpeg"

const (
	// defaultStall is how long a process may neither read nor write before it is
	// ended.
	defaultStall = 2 * time.Minute
	// attempts is how many processes try one file.
	attempts = 3
)

// retry are the delays between attempts.
var retry = backoff.Exponential{First: time.Second, Longest: 30 * time.Second, Jitter: 0.25}

// Config is what a Pool needs.
type Config struct {
	Program   string        // "": ffmpeg, as the system finds it
	Processes int           // at once; 0: one for every two processors
	Stall     time.Duration // 0: two minutes
}

// Pool runs encoders. It is safe for concurrent use.
type Pool struct {
	cfg              Config
	log              *slog.Logger
	places           chan struct{}
	waiting, running atomic.Int64
}

// New returns a pool.
func New(cfg Config, log *slog.Logger) *Pool {
	cfg.Program = cmp.Or(cfg.Program, Program)
	cfg.Stall = cmp.Or(cfg.Stall, defaultStall)
	cfg.Processes = cmp.Or(cfg.Processes, max(1, runtime.NumCPU()/2))
	return &Pool{cfg: cfg, log: log, places: make(chan struct{}, cfg.Processes)}
}

// Missing tells, for whoever asked for a format, that there is no encoder.
func (p *Pool) Missing() error {
	if _, err := exec.LookPath(p.cfg.Program); err != nil {
		return fmt.Errorf("mp3 and mp4 need %s, which is not installed on the server: sudo apt-get install %s", Program, Program)
	}
	return nil
}

// Counts returns how many files wait for a process, and how many processes run.
func (p *Pool) Counts() (waiting, running int64) { return p.waiting.Load(), p.running.Load() }

// Hold does work that needs encoders in a place among the processes, once there is one.
func (p *Pool) Hold(ctx context.Context, do func() error) error {
	if err := p.Missing(); err != nil {
		return err
	}
	p.waiting.Add(1)
	select {
	case p.places <- struct{}{}:
		p.waiting.Add(-1)
	case <-ctx.Done():
		p.waiting.Add(-1)
		return context.Cause(ctx)
	}
	defer func() { <-p.places }()
	p.running.Add(1)
	defer p.running.Add(-1)
	return do()
}

// Program is the encoder that the pool runs.
func (p *Pool) Program() string { return p.cfg.Program }

// Pools are several pools, whose files do not wait for each other.
type Pools []*Pool

// Counts returns how many files wait for a process, and how many places are taken.
func (all Pools) Counts() (waiting, running int64) {
	for _, p := range all {
		w, r := p.Counts()
		waiting, running = waiting+w, running+r
	}
	return waiting, running
}

// Job is a file that is to be made.
type Job struct {
	Format Format
	Length time.Duration // of the sound
	// Input opens the WAV file, from its beginning.
	Input func() (io.ReadCloser, error)
	// Output begins the file that is made.
	Output func() (Output, error)
}

// Output is a file on its way. One of Close and Discard is called in the end.
type Output interface {
	io.Writer
	Close() error   // it is complete
	Discard() error // nothing shall be left of it
}

// Convert makes a file and returns when it is complete. It waits for a place among
// the processes. A process that crashes or hangs is replaced, twice.
func (p *Pool) Convert(ctx context.Context, job Job) error {
	return p.Hold(ctx, func() error { return p.convert(ctx, job) })
}

// convert makes a file. It has a place.
func (p *Pool) convert(ctx context.Context, job Job) error {
	for attempt := 1; ; attempt++ {
		err := p.attempt(ctx, job)
		var failed *Error
		if err == nil || !errors.As(err, &failed) || attempt == attempts || ctx.Err() != nil {
			return err
		}
		p.log.Warn("the encoder failed, and another one tries", "format", job.Format, "attempt", attempt, "error", err)
		select {
		case <-time.After(retry.Delay(attempt)):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// attempt runs one process.
func (p *Pool) attempt(ctx context.Context, job Job) error {
	in, err := job.Input()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := job.Output()
	if err != nil {
		return err
	}
	if err := p.run(ctx, job, in, out); err != nil {
		return errors.Join(err, out.Discard())
	}
	return out.Close()
}
