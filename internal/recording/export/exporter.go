package export

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

const (
	// giveUp is how long a job is tried, as on ACS, whose copies stay as long.
	giveUp = 24 * time.Hour
	// uploads is how many jobs are on their way at once, and uploadsEach how many to one
	// destination that does not fail: one that hangs delays no other.
	uploads     = 12
	uploadsEach = 4
	// defaultStall is how long an upload may make no progress.
	defaultStall = 2 * time.Minute
)

// defaultRetry are the delays after failures of a job.
var defaultRetry = backoff.Exponential{First: 5 * time.Second, Longest: 15 * time.Minute, Jitter: 0.25}

// Config is what an Exporter needs.
type Config struct {
	Store  store.Backend
	Places *Places
	// Open opens a file of a job.
	Open func(ctx context.Context, source string) (Content, error)
	// Done tells how a job has ended, and returns when that cannot be lost any more.
	// It is called again after an error, and by the next process if this one ends
	// before it returns. Of a removal nobody is told.
	Done func(context.Context, Result) error
	// Doubts are of the clock: no job is given up by its age meanwhile; nil: there are none.
	Doubts *clockjump.Watch
}

// Exporter does jobs. Its methods are safe for concurrent use.
type Exporter struct {
	cfg  Config
	log  *slog.Logger
	jobs *store.Collection[Job]

	life context.Context
	end  context.CancelFunc
	work sync.WaitGroup
	slot chan struct{}
	wake chan struct{}

	stall time.Duration       // how long an upload may make no progress
	retry backoff.Exponential // the delays after failures of a job

	mu           sync.Mutex
	destinations map[string]*destination // by Job.to; those with jobs
	oldest       map[string]time.Time    // since when each job is not done
	counts       Counts
}

// Counts are what an exporter has done, and what it has to do.
type Counts struct {
	Exported, Failed, Retries int64
	Removed                   int64     // jobs that removed files
	Waiting                   int       // jobs that are not done
	Oldest                    time.Time // since when the oldest of them is not; zero: there is none
}

// New opens the jobs. Start begins to do them; Close ends it.
func New(cfg Config, log *slog.Logger) (*Exporter, error) {
	jobs, err := store.NewCollection(cfg.Store, stored)
	if err != nil {
		return nil, err
	}
	e := &Exporter{cfg: cfg, log: log, jobs: jobs, slot: make(chan struct{}, uploads), wake: make(chan struct{}, 1), stall: defaultStall, retry: defaultRetry, oldest: map[string]time.Time{}, destinations: map[string]*destination{}}
	e.life, e.end = context.WithCancel(context.Background())
	return e, nil
}

// Start does the jobs that the process before has left, and those that are
// submitted.
func (e *Exporter) Start(ctx context.Context) error {
	for item, err := range e.jobs.All(ctx) {
		if err != nil {
			return err
		}
		if err := e.resume(ctx, item.Value); err != nil {
			return err
		}
	}
	e.work.Go(e.run)
	return nil
}

// resume queues a job of the process before. One of a time when the clock of the machine was ahead
// counts as submitted now, or it would be tried for longer than others.
func (e *Exporter) resume(ctx context.Context, job Job) error {
	now := time.Now()
	if job.Since.After(now) {
		job.Since = now.UTC()
		if err := e.jobs.Put(ctx, job.ID, job); err != nil {
			return err
		}
	}
	e.enqueue(turn{id: job.ID, to: job.to(), due: now}, job.Since)
	return nil
}

// Close ends uploads at once. The next process begins the files anew that were on
// their way.
func (e *Exporter) Close() {
	e.end()
	e.work.Wait()
	e.jobs.Close()
}

// Submit takes a job. It is on disk when Submit returns; one of the same id is
// taken once.
func (e *Exporter) Submit(ctx context.Context, job Job) error {
	job.Since = time.Now().UTC()
	err := e.jobs.Create(ctx, job.ID, job)
	if fault.Is(err, fault.KindConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	e.enqueue(turn{id: job.ID, to: job.to(), due: job.Since}, job.Since)
	return nil
}

// Pending reports whether the files of a recording are still to be exported.
func (e *Exporter) Pending(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, pending := e.oldest[id]
	return pending
}

// Counts returns the present counts.
func (e *Exporter) Counts() Counts {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.counts
	c.Waiting = len(e.oldest)
	for _, since := range e.oldest {
		if c.Oldest.IsZero() || since.Before(c.Oldest) {
			c.Oldest = since
		}
	}
	return c
}
