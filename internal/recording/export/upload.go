package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/watchdog"
)

// wholeSize is up to which size a file is uploaded at once, in bytes: what is larger
// goes in parts, of which an attempt that is broken off keeps those that arrived.
const wholeSize = 8 << 20

// Content is a file of a job that is open.
type Content interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// perform does what a job is.
func (e *Exporter) perform(job *Job) (Result, error) {
	at, err := e.cfg.Places.open(string(job.Destination))
	if err != nil {
		return Result{}, err
	}
	do := e.put
	if job.Remove {
		do = e.remove
	}
	locations := make([]string, len(job.Files))
	for i := range job.Files {
		file := &job.Files[i]
		locations[i] = at.location(file.Name)
		if file.Done {
			continue
		}
		if err := do(at, job, file); err != nil {
			return Result{}, err
		}
		file.Done, file.Progress = true, storage.Progress{}
		if err := e.jobs.Put(e.life, job.ID, *job); err != nil {
			return Result{}, err
		}
	}
	return Result{Job: *job, Storage: at.kind, Locations: locations}, nil
}

// RemovalOf is the id of a job that removes what was exported of a chunk.
func RemovalOf(recording string, chunk int) string {
	return fmt.Sprintf("%s.%d.removal", recording, chunk)
}

// remove deletes a file, which need not be there, once nothing brings it any more; of
// one whose upload has begun, what has arrived.
func (e *Exporter) remove(at place, job *Job, file *File) error {
	if of, _, _ := strings.Cut(job.ID, "."); e.Pending(of) {
		return errOnWay
	}
	ctx, cancel := context.WithTimeout(e.life, e.stall)
	defer cancel()
	if to, can := at.Container.(storage.Resumable); can && file.Progress.Upload != "" {
		return to.Abandon(ctx, file.Name, file.Progress)
	}
	if err := at.Remove(ctx, file.Name); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	return nil
}

// abandon submits a job that ends the uploads that another one has begun and will not
// complete, so that no storage keeps parts of files for ever.
func (e *Exporter) abandon(job Job) error {
	rest := Job{ID: job.ID + ".uploads", Destination: job.Destination, Remove: true}
	for _, file := range job.Files {
		if !job.Remove && !file.Done && file.Progress.Upload != "" {
			rest.Files = append(rest.Files, File{Name: file.Name, Progress: file.Progress})
		}
	}
	if len(rest.Files) == 0 {
		return nil
	}
	return e.Submit(e.life, rest)
}

// put uploads a file, as long as it moves.
func (e *Exporter) put(at place, job *Job, file *File) error {
	content, err := e.cfg.Open(e.life, file.Source)
	if fault.Is(err, fault.KindNotFound) {
		return errDeleted
	}
	if err != nil {
		return err
	}
	defer content.Close()
	size, err := content.Size()
	if err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(e.life)
	defer end(nil)
	moving := &moving{ReaderAt: content}
	defer watchdog.Watch(e.stall, &moving.read, func() { end(errStalled) })()
	return e.putWatched(ctx, at, job, file, io.NewSectionReader(moving, 0, size))
}

// putWatched uploads a file at once, or the parts of it that are not there.
func (e *Exporter) putWatched(ctx context.Context, at place, job *Job, file *File, content *io.SectionReader) error {
	as := storage.Properties{ContentType: file.ContentType}
	to, can := at.Container.(storage.Resumable)
	if !can || content.Size() <= wholeSize {
		return at.Put(ctx, file.Name, content, as)
	}
	err := to.Resume(ctx, file.Name, content, as, file.Progress, func(p storage.Progress) error {
		file.Progress = p
		return e.jobs.Put(e.life, job.ID, *job)
	})
	if errors.Is(err, storage.ErrPartsLost) {
		file.Progress = storage.Progress{}
		return errors.Join(err, e.jobs.Put(e.life, job.ID, *job))
	}
	return err
}

// moving is a file that is being read.
type moving struct {
	io.ReaderAt
	read atomic.Int64 // bytes
}

// ReadAt implements io.ReaderAt.
func (m *moving) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.ReaderAt.ReadAt(p, off)
	m.read.Add(int64(n))
	return n, err
}
