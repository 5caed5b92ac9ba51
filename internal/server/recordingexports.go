package server

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/recording/content"
	"github.com/switchhook/switchhook/internal/recording/export"
)

// What a document's files are called where they are exported.
var (
	exportedParts = map[recording.Format]export.Part{recording.WAV: export.AudioWAV, recording.MP3: export.AudioMP3, recording.MP4: export.VideoMP4}
	exportedTypes = map[recording.Format]string{recording.WAV: "audio/wav", recording.MP3: "audio/mpeg", recording.MP4: "video/mp4"}
)

// exportOf is the job that copies the files of a recording: for each chunk its sound
// and what describes it.
func exportOf(r recording.Record) export.Job {
	job := export.Job{ID: r.GUID(), Destination: outbound.Address(r.Container)}
	for i := range r.Chunks {
		document := r.Document(i)
		name := func(part export.Part) string { return export.Name(r.Began, r.CallID, r.ID, i, part, document) }
		job.Files = append(job.Files,
			export.File{Name: name(exportedParts[r.Format]), Source: document + content.SoundPath, ContentType: exportedTypes[r.Format]},
			export.File{Name: name(export.Metadata), Source: document + content.MetadataPath, ContentType: "application/json"})
	}
	return job
}

// deleteExported has the copies of a chunk deleted, where that is configured.
func (p *parts) deleteExported(ctx context.Context, r recording.Record, chunk int) error {
	if r.Container == "" || !p.cfg.Recording.DeleteExported {
		return nil
	}
	job := exportOf(r)
	job.ID, job.Remove, job.Files = export.RemovalOf(r.GUID(), chunk), true, job.Files[2*chunk:2*chunk+2]
	return p.exports.Submit(ctx, job)
}

// openExported opens a file of such a job.
func (p *parts) openExported(ctx context.Context, source string) (export.Content, error) {
	name, part, _ := strings.Cut(source, "/")
	d, err := p.recordings.Document(ctx, name)
	if err != nil {
		return nil, err
	}
	if "/"+part == content.MetadataPath {
		text, err := d.Metadata()
		return described{bytes.NewReader(text)}, err
	}
	return d.Open()
}

// described is a description that is exported.
type described struct{ *bytes.Reader }

// Size implements export.Content.
func (d described) Size() (int64, error) { return d.Reader.Size(), nil }

// Close implements io.Closer.
func (described) Close() error { return nil }

// announceExported tells that the files of a recording are where they were to go, or
// that they stay here, where they can be downloaded.
func (p *parts) announceExported(ctx context.Context, result export.Result) error {
	r, err := p.recordings.Get(ctx, result.Job.ID)
	if fault.Is(err, fault.KindNotFound) {
		return nil // it was deleted meanwhile
	}
	if err != nil {
		return fmt.Errorf("recording that was exported: %w", err)
	}
	e := fileEvent(r, locationBase(p.public.base(), p.cfg.Recording.Host))
	e.StorageType = string(result.Storage)
	for i := range e.Chunks {
		if len(result.Locations) > 2*i+1 {
			e.Chunks[i].ContentLocation, e.Chunks[i].MetadataLocation = result.Locations[2*i], result.Locations[2*i+1]
		}
	}
	p.grid.RecordingFileStatusUpdated(e)
	return p.deliveries.Flush(ctx)
}
