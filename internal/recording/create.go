package recording

import (
	"context"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/fault"
)

// Options is what a recording shall be.
type Options struct {
	ID           string // recordingId, by NewID
	CallID       string // correlation id of the call
	ServerCallID string
	Content      Content
	Channels     Channels
	Format       Format
	Pinned       map[int]string // raw ids by channel, of an unmixed one
	Paused       bool           // from the beginning
	StartedBy    string
	Container    string
}

// Create makes a recording: its record and its first file, on disk when it returns.
// Nothing is heard before its listeners are put into a mix. Where that does not
// happen, it is to be discarded.
func (l *Library) Create(ctx context.Context, o Options) (*Recording, error) {
	if err := l.space(); err != nil {
		return nil, fault.Busy(time.Minute, "The call cannot be recorded: %v.", err)
	}
	channels := 1
	if o.Channels == Unmixed {
		channels = newPlaces(o.Pinned, false).count
	}
	chunk := newChunk(l.cfg.Clock().UTC(), channels)
	record := Record{
		ID: o.ID, CallID: o.CallID, ServerCallID: o.ServerCallID, Content: o.Content, Channels: o.Channels, Format: o.Format,
		State: Going, StartedBy: o.StartedBy, Container: o.Container, Began: chunk.Began, Chunks: []Chunk{chunk},
	}
	if err := l.records.Create(ctx, record.key(), record); err != nil {
		return nil, err
	}
	file, err := l.files.Create(record.fileName(0))
	if err != nil {
		l.forget(&record)
		return nil, fmt.Errorf("file of a recording: %w", err)
	}
	return newRecording(l, o, record, file), nil
}

// forget removes what is left of a recording.
func (l *Library) forget(record *Record) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	for i := range record.Chunks {
		for _, name := range record.names(i) {
			if err := l.files.Remove(name); err != nil {
				l.log.Error("file of a recording cannot be removed", "recording", record.key(), "error", err)
			}
		}
	}
	if err := l.records.Delete(ctx, record.key()); err != nil {
		l.log.Error("record of a recording cannot be removed", "recording", record.key(), "error", err)
	}
}

// space refuses where the disk is nearly full, or the recordings take too much of it.
func (l *Library) space() error {
	if used := l.stored.Load() + l.fresh.Load(); l.cfg.Quota > 0 && uint64(max(used, 0)) >= l.cfg.Quota {
		return fmt.Errorf("recordings take %d MiB, and recording.quota-mib is %d", used>>20, l.cfg.Quota>>20)
	}
	if l.cfg.MinFree == 0 {
		return nil
	}
	free, err := l.free()
	if err == nil && free < l.cfg.MinFree {
		err = fmt.Errorf("the disk has %d MiB free, and recording.min-free-mib is %d", free>>20, l.cfg.MinFree>>20)
	}
	return err
}

// fileName is the name of a chunk's file.
func (r *Record) fileName(chunk int) string { return fmt.Sprintf("%s.%d.pcm", r.key(), chunk) }

// framesOf is how many frames a time has.
func framesOf(d time.Duration) int64 { return int64(d / audio.FrameDuration) }
