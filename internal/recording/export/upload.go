package export

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
)

// upload uploads the files of a job that are not there yet. Each that arrived is
// noted, so that the next attempt begins after it.
func (e *Exporter) upload(job *Job) (Result, error) {
	at, err := e.cfg.Places.open(string(job.Destination))
	if err != nil {
		return Result{}, err
	}
	locations := make([]string, len(job.Files))
	for i := range job.Files {
		file := &job.Files[i]
		locations[i] = at.location(file.Name)
		if file.Done {
			continue
		}
		if err := e.put(at, *file); err != nil {
			return Result{}, err
		}
		file.Done = true
		if err := e.jobs.Put(e.life, job.ID, *job); err != nil {
			return Result{}, err
		}
	}
	return Result{Job: *job, Storage: at.kind, Locations: locations}, nil
}

// put uploads a file, as long as it moves.
func (e *Exporter) put(at place, file File) error {
	content, err := e.cfg.Open(e.life, file.Source)
	if err != nil {
		return err
	}
	defer content.Close()
	ctx, end := context.WithCancelCause(e.life)
	defer end(nil)
	moving := &moving{Reader: content}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		moving.watch(ctx, e.stall, end)
	}()
	err = at.Put(ctx, file.Name, moving, storage.Properties{ContentType: file.ContentType})
	end(nil)
	<-watched
	return err
}

// moving is a file that is being read.
type moving struct {
	io.Reader
	read atomic.Int64 // bytes
}

// Read implements io.Reader.
func (m *moving) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.read.Add(int64(n))
	return n, err
}

// watch ends an upload of which nothing is read for a while.
func (m *moving) watch(ctx context.Context, stall time.Duration, end context.CancelCauseFunc) {
	ticker := time.NewTicker(stall)
	defer ticker.Stop()
	for before := int64(-1); ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		now := m.read.Load()
		if now == before {
			end(errStalled)
			return
		}
		before = now
	}
}
