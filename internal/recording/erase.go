package recording

import (
	"context"
	"fmt"

	"github.com/switchhook/switchhook/internal/fault"
)

// Erase deletes an ended recording that is not held.
func (l *Library) Erase(ctx context.Context, id string) error {
	return l.erase(ctx, keyOf(id), func(r *Record) error {
		switch {
		case r.Hold:
			return errHeld
		case r.State != Announced:
			return fault.Conflict("Recording %s is not complete yet.", r.key())
		}
		return nil
	})
}

// erase deletes a recording, unless refuse returns an error: its files first, so that the
// record leads to them as long as there are any, also where a full disk takes no change of
// the record.
func (l *Library) erase(ctx context.Context, key string, refuse func(*Record) error) error {
	release, free := l.claim(key)
	if !free {
		return errClaimed
	}
	defer release()
	r, err := l.records.Get(ctx, key)
	if err != nil {
		return err
	}
	if err := refuse(&r); err != nil {
		return err
	}
	for i := range r.Chunks {
		if err := l.removeChunk(ctx, &r, i); err != nil {
			return err
		}
	}
	if err := l.records.Delete(ctx, key); err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	l.log.Info("recording is deleted", "recording", key, "call", r.CallID)
	return nil
}

// removeChunk removes the files of a chunk, here and, if that is asked for, elsewhere.
func (l *Library) removeChunk(ctx context.Context, r *Record, chunk int) error {
	if l.cfg.Deleting != nil {
		if err := l.cfg.Deleting(ctx, *r, chunk); err != nil {
			return fmt.Errorf("copies of a recording: %w", err)
		}
	}
	for _, name := range r.names(chunk) {
		if err := l.files.Remove(name); err != nil {
			return fmt.Errorf("file of a recording: %w", err)
		}
	}
	return nil
}

// finishDeletion completes a deletion that the process before had begun. It reports
// whether nothing is left of the recording.
func (l *Library) finishDeletion(ctx context.Context, r *Record) (gone bool, err error) {
	left := false
	for i := range r.Chunks {
		if !r.Chunks[i].Deleted {
			left = true
			continue
		}
		if err := l.removeChunk(ctx, r, i); err != nil {
			return false, err
		}
	}
	if left || len(r.Chunks) == 0 {
		return false, nil
	}
	return true, l.records.Delete(ctx, r.key())
}
