package export

import (
	"container/heap"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

const (
	// giveUp is how long a job is tried, as on ACS, whose copies stay as long.
	giveUp = 24 * time.Hour
	// uploads is how many jobs are on their way at once.
	uploads = 4
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

	mu      sync.Mutex
	waiting queue
	oldest  map[string]time.Time // since when each job is not done
	counts  Counts
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
	e := &Exporter{cfg: cfg, log: log, jobs: jobs, slot: make(chan struct{}, uploads), wake: make(chan struct{}, 1), stall: defaultStall, retry: defaultRetry, oldest: map[string]time.Time{}}
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
		e.enqueue(item.Value.ID, item.Value.Since, time.Now(), 0)
	}
	e.work.Go(e.run)
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
	e.enqueue(job.ID, job.Since, job.Since, 0)
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

// turn is a job in the queue.
type turn struct {
	id       string
	due      time.Time
	failures int
}

// queue is a heap of turns: the one that is due first is first.
type queue []turn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(turn)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func (e *Exporter) enqueue(id string, since, due time.Time, failures int) {
	e.mu.Lock()
	e.oldest[id] = since
	heap.Push(&e.waiting, turn{id, due, failures})
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default: // a token is there already
	}
}

// next returns the turn that is due, or how long until one is; 0: nothing waits.
func (e *Exporter) next(now time.Time) (t turn, ok bool, wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.waiting) == 0 {
		return t, false, 0
	}
	if wait := e.waiting[0].due.Sub(now); wait > 0 {
		return t, false, wait
	}
	return heap.Pop(&e.waiting).(turn), true, 0
}

// run gives each job that is due a place.
func (e *Exporter) run() {
	for {
		t, ok, wait := e.next(time.Now())
		if ok {
			select {
			case e.slot <- struct{}{}:
			case <-e.life.Done():
				return
			}
			e.work.Go(func() {
				defer func() { <-e.slot }()
				e.do(t)
			})
			continue
		}
		var due <-chan time.Time
		if wait > 0 {
			due = time.After(wait)
		}
		select {
		case <-due:
		case <-e.wake:
		case <-e.life.Done():
			return
		}
	}
}

// do tries a job once.
func (e *Exporter) do(t turn) {
	job, err := e.jobs.Get(e.life, t.id)
	if fault.Is(err, fault.KindNotFound) {
		e.forget(t.id)
		return
	}
	var result Result
	if err == nil {
		result, err = e.perform(&job)
	}
	if err != nil && e.life.Err() == nil && time.Since(job.Since) >= giveUp && !job.Since.IsZero() {
		e.log.Error("files of a recording are not exported, or removed: it was tried for a day", "recording", job.ID, "destination", job.Destination, "removal", job.Remove, "error", err)
		result, err = Result{Job: job, Failed: err}, nil
	}
	if errors.Is(err, errDeleted) {
		if result, err = (Result{Job: job, Failed: err}), e.abandon(job); err == nil {
			err = e.jobs.Delete(e.life, job.ID)
		}
	} else if err == nil {
		err = e.finish(result)
	}
	switch {
	case err == nil:
		e.count(result)
		e.forget(t.id)
	case e.life.Err() == nil:
		delay := e.retry.Delay(t.failures + 1)
		if t.failures == 0 {
			e.log.Warn("recording cannot be exported yet", "recording", t.id, "destination", job.Destination, "removal", job.Remove, "again", delay, "error", err)
		}
		e.again(t, delay)
	}
}

// finish tells how a job has ended, and forgets it.
func (e *Exporter) finish(r Result) error {
	if err := e.abandon(r.Job); err != nil {
		return err
	}
	if !r.Job.Remove {
		if err := e.cfg.Done(e.life, r); err != nil {
			return err
		}
	}
	return e.jobs.Delete(e.life, r.Job.ID)
}

func (e *Exporter) again(t turn, delay time.Duration) {
	e.mu.Lock()
	since := e.oldest[t.id]
	e.counts.Retries++
	e.mu.Unlock()
	e.enqueue(t.id, since, time.Now().Add(delay), t.failures+1)
}

func (e *Exporter) forget(id string) {
	e.mu.Lock()
	delete(e.oldest, id)
	e.mu.Unlock()
}

func (e *Exporter) count(r Result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case r.Failed != nil:
		e.counts.Failed++
	case r.Job.Remove:
		e.counts.Removed++
	default:
		e.counts.Exported++
	}
}

var (
	errStalled = errors.New("the storage takes nothing any more")
	errDeleted = errors.New("the recording was deleted before it was exported")
	errOnWay   = errors.New("the recording is still being exported")
)
