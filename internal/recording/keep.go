package recording

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// sweepEvery is how long after its time a recording may still be on disk. It cannot
// be downloaded any more then.
const sweepEvery = time.Minute

// Expires is when a recording is deleted; zero: never by itself.
func (l *Library) Expires(r *Record) time.Time {
	switch {
	case r.Hold || r.State != Announced:
		return time.Time{}
	case !r.KeepUntil.IsZero():
		return r.KeepUntil
	case l.cfg.Retention <= 0:
		return time.Time{}
	}
	return r.Ended.Add(l.cfg.Retention)
}

// expired reports whether a recording's time is over. Its copies stay while they
// are still to be exported, and while the clock is in doubt.
func (l *Library) expired(r *Record) bool {
	at := l.Expires(r)
	return !at.IsZero() && !l.cfg.Clock().Before(at) && !l.jumps.doubtful() && !l.exporting(r)
}

func (l *Library) exporting(r *Record) bool {
	return l.cfg.Exporting != nil && l.cfg.Exporting(r.key())
}

// outlived reports whether a recording has been here for longer than it is to be kept,
// whatever the clock of the machine says: it may have been set back, or have been wrong
// when the recording ended. Only the sweeping goroutine calls it.
func (l *Library) outlived(r *Record) bool {
	if !r.KeepUntil.IsZero() || l.Expires(r).IsZero() {
		return false
	}
	since, known := l.seen[r.key()]
	if !known {
		l.seen[r.key()] = time.Now()
		return false
	}
	return time.Since(since) > l.cfg.Retention+jumpTolerance && !l.exporting(r)
}

// keepSweeping deletes recordings whose time is over.
func (l *Library) keepSweeping() {
	for l.weigh(); l.sleep(sweepEvery); l.weigh() {
		if err := l.sweep(); err != nil && l.life.Err() == nil {
			l.log.Error("recordings whose time is over cannot be deleted", "error", err)
		}
	}
}

// weigh notes how much the files take.
func (l *Library) weigh() {
	counted := l.fresh.Load()
	entries, err := os.ReadDir(l.cfg.Dir)
	if err != nil {
		return // the metric stays as it is
	}
	stored := int64(0)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			stored += info.Size()
		}
	}
	l.stored.Store(stored)
	l.fresh.Add(-counted)
}

func (l *Library) sweep() error {
	if forward := l.jumps.look(); forward > 0 {
		l.log.Error("the clock of the machine was set forward: for an hour no recording is deleted by its time", "by", forward)
	}
	var failed error
	if !l.jumps.doubtful() { // a start within the hour must find the doubt again
		failed = l.jumps.alive(l.cfg.Dir)
	}
	there := map[string]bool{}
	for item, err := range l.records.All(l.life) {
		if err != nil {
			return errors.Join(failed, err)
		}
		there[item.Value.key()] = true
		if l.expired(&item.Value) || l.outlived(&item.Value) {
			failed = errors.Join(failed, l.erase(l.life, item.Value))
		}
	}
	maps.DeleteFunc(l.seen, func(key string, _ time.Time) bool { return !there[key] })
	return failed
}

// erase deletes a recording: its files first, so that the record leads to them as
// long as there are any.
func (l *Library) erase(ctx context.Context, r Record) error {
	for i := range r.Chunks {
		if err := l.removeChunk(ctx, &r, i); err != nil {
			return err
		}
	}
	if err := l.records.Delete(ctx, r.key()); err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	l.log.Info("recording is deleted", "recording", r.key(), "call", r.CallID)
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

// removeStrays removes files that no record leads to.
func (l *Library) removeStrays(known map[string]bool) {
	entries, err := os.ReadDir(l.cfg.Dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		const guid = 36 // bytes
		if name := entry.Name(); len(name) > guid && name[guid] == '.' && entry.Type().IsRegular() && !known[name[:guid]] {
			l.log.Warn("file without a recording is removed", "file", name, "error", l.files.Remove(name))
		}
	}
}

// Change changes how long an ended recording is kept: hold keeps it whatever its
// time and whoever deletes it, until is when it is deleted (zero: as configured).
// A nil member stays as it is.
type Change struct {
	Hold  *bool
	Until *time.Time
}

// Keep changes how long a recording is kept. The id is a recordingId or its GUID.
func (l *Library) Keep(ctx context.Context, id string, change Change) (changed Record, err error) {
	key := keyOf(id)
	err = l.records.Update(ctx, key, func(r *Record) error {
		if r.State == Going {
			return fault.Conflict("Recording %s goes on: it can be held once it has ended.", key)
		}
		if change.Hold != nil {
			r.Hold = *change.Hold
		}
		if change.Until != nil {
			r.KeepUntil = *change.Until
		}
		changed = *r
		return nil
	})
	return changed, err
}

// Erase deletes an ended recording that is not held.
func (l *Library) Erase(ctx context.Context, id string) error {
	r, err := l.records.Get(ctx, keyOf(id))
	switch {
	case err != nil:
		return err
	case r.Hold:
		return errHeld
	case r.State != Announced:
		return fault.Conflict("Recording %s is not complete yet.", r.key())
	}
	return l.erase(ctx, r)
}

var errHeld = fault.Conflict("The recording is held: it cannot be deleted before its hold is lifted.")

// Get returns the record of a recordingId, or of its GUID.
func (l *Library) Get(ctx context.Context, id string) (Record, error) {
	return l.records.Get(ctx, keyOf(id))
}

func keyOf(id string) string {
	if guid := GUID(id); guid != "" {
		return guid
	}
	return id
}

// List returns the records, the newest first.
func (l *Library) List(ctx context.Context) (list []Record, err error) {
	for item, err := range l.records.All(ctx) {
		if err != nil {
			return nil, err
		}
		list = append(list, item.Value)
	}
	slices.SortFunc(list, func(a, b Record) int { return b.Began.Compare(a.Began) })
	return list, nil
}

// GUID is what a recording is called where a recordingId would be too long.
func (r *Record) GUID() string { return r.key() }

// Documents returns the documents of an ended recording that are left.
func (l *Library) Documents(r Record) (list []*Document) {
	for i, chunk := range r.Chunks {
		if !chunk.Deleted {
			list = append(list, &Document{r, i, l})
		}
	}
	return list
}
