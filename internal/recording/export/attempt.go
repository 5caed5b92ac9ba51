package export

import (
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

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
				e.leave(t, !e.do(t))
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

// do tries a job once, and reports whether nothing is wrong with its destination.
func (e *Exporter) do(t turn) bool {
	job, err := e.jobs.Get(e.life, t.id)
	if fault.Is(err, fault.KindNotFound) {
		e.forget(t.id)
		return true
	}
	var result Result
	if err == nil {
		result, err = e.perform(&job)
	}
	well := err == nil || errors.Is(err, errDeleted) || errors.Is(err, errOnWay)
	if err != nil && e.isHopeless(job, err) {
		result, err = Result{Job: job, Failed: err}, nil
	}
	if err == nil {
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
	return well
}

// isHopeless reports whether a job that has failed is not to be tried again.
func (e *Exporter) isHopeless(job Job, err error) bool {
	switch {
	case errors.Is(err, errDeleted):
		return true
	case e.life.Err() != nil || job.Since.IsZero() || time.Since(job.Since) < giveUp, e.cfg.Doubts.Doubtful():
		return false
	}
	e.log.Error("files of a recording are not exported, or removed: it was tried for a day", "recording", job.ID, "destination", job.Destination, "removal", job.Remove, "error", err)
	return true
}

// finish tells how a job has ended, and forgets it. Of a removal nobody is told, nor of
// files that were deleted before they were exported.
func (e *Exporter) finish(r Result) error {
	if err := e.abandon(r.Job); err != nil {
		return err
	}
	if !r.Job.Remove && !errors.Is(r.Failed, errDeleted) {
		if err := e.cfg.Done(e.life, r); err != nil {
			return err
		}
	}
	return e.jobs.Delete(e.life, r.Job.ID)
}

// count counts how a job has ended.
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

// Why an attempt fails by itself.
var (
	errStalled = errors.New("the storage takes nothing any more")
	errDeleted = errors.New("the recording was deleted before it was exported")
	errOnWay   = errors.New("the recording is still being exported")
)
