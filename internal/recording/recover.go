package recording

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Recover completes the recordings that the process before has left, and announces
// those that it has not. It returns those that it completed.
func (l *Library) Recover(ctx context.Context) (completed []Record, err error) {
	known := map[string]bool{}
	for item, err := range l.records.All(ctx) {
		record := item.Value
		gone := false
		if err == nil {
			known[record.key()] = true
			gone, err = l.finishDeletion(ctx, &record)
		}
		if err == nil && !gone && record.State == Going {
			if gone, err = l.neverBegan(&record); err == nil && !gone {
				err = l.complete(ctx, &record)
				completed = append(completed, record)
			}
		}
		if err != nil {
			return completed, fmt.Errorf("recordings of the process before: %w", err)
		}
		if gone {
			continue
		}
		if record.State == Ended {
			l.announceSoon(record)
		}
	}
	l.putStraysAside(known)
	return completed, nil
}

// neverBegan forgets a recording whose first file was not made before its process
// ended: nobody was told that it was started.
func (l *Library) neverBegan(record *Record) (bool, error) {
	if len(record.Chunks) > 1 {
		return false, nil
	}
	file, err := l.files.Open(record.fileName(0))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.forget(record)
		return true, nil
	case err == nil:
		return false, file.Close()
	}
	return false, nil // complete reports it
}

// complete ends a recording whose process has gone.
func (l *Library) complete(ctx context.Context, record *Record) error {
	last := len(record.Chunks) - 1
	if last > 0 { // the record tells of a file before it is made
		file, err := l.files.Open(record.fileName(last))
		if errors.Is(err, fs.ErrNotExist) {
			record.Chunks = record.Chunks[:last]
			last--
		} else if err == nil {
			_ = file.Close() // which was only read
		}
	}
	if err := l.measure(record, last, SessionEnded); err != nil {
		l.log.Error("file of a recording that was interrupted cannot be read", "recording", record.key(), "error", err)
	}
	chunk := record.Chunks[last]
	record.State, record.EndReason = Ended, cmp.Or(record.EndReason, ServiceStopped) // it may have been stopped
	record.Ended = chunk.Began.Add(chunk.duration())
	for _, p := range record.in(last, record.Pauses) {
		record.Ended = record.Ended.Add(time.Duration(p.DurationMs) * time.Millisecond)
	}
	l.log.Warn("recording of the process before is completed", "recording", record.key(), "call", record.CallID, "duration", record.Duration())
	return l.records.Put(ctx, record.key(), *record)
}

// measure notes how much a chunk holds, by its file, and why it ended.
func (l *Library) measure(record *Record, at int, why ChunkReason) error {
	chunk := &record.Chunks[at]
	chunk.EndReason = why
	file, err := l.files.Open(record.fileName(at))
	if err != nil {
		return err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return err
	}
	chunk.Frames = framesIn(size, chunk.Layouts)
	return nil
}

// framesIn is how many whole frames a file holds. The rest of a frame that was being
// written is left out.
func framesIn(size int64, layouts []Layout) (frames int64) {
	for i, layout := range layouts {
		whole := size / frameBytes(layout.Channels)
		if i+1 < len(layouts) {
			whole = min(whole, layouts[i+1].From-layout.From)
		}
		frames += whole
		size -= whole * frameBytes(layout.Channels)
	}
	return frames
}

// frameBytes is the size of a frame of all channels.
func frameBytes(channels int) int64 { return int64(channels) * frameSamples * 2 }
