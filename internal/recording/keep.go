package recording

import (
	"context"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/fault"
)

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

// isDeleted reports whether every document of a recording was deleted.
func (r *Record) isDeleted() bool {
	return len(r.Chunks) > 0 && !slices.ContainsFunc(r.Chunks, func(c Chunk) bool { return !c.Deleted })
}

// expired reports whether a recording's time is over. Its copies stay while they
// are still to be exported, and while the clock is in doubt.
func (l *Library) expired(r *Record) bool {
	at := l.Expires(r)
	return !at.IsZero() && !l.cfg.Clock().Before(at) && !l.cfg.Doubts.Doubtful() && !l.exporting(r)
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
	return time.Since(since) > l.cfg.Retention+clockjump.Tolerance && !l.exporting(r)
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
	release, free := l.claim(key)
	if !free {
		return changed, errClaimed
	}
	defer release()
	err = l.records.Update(ctx, key, func(r *Record) error {
		switch {
		case r.State == Going:
			return fault.Conflict("Recording %s goes on: it can be held once it has ended.", key)
		case r.isDeleted():
			return fault.NotFound("Recording %s is deleted.", key)
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

// claim lets one at a time delete a recording, or change how long it is kept: a hold that
// was accepted must not be followed by a deletion that was decided before it. free is false
// while somebody else does so; else release ends the turn.
func (l *Library) claim(key string) (release func(), free bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.claimed[key] {
		return nil, false
	}
	l.claimed[key] = true
	return func() {
		l.mu.Lock()
		delete(l.claimed, key)
		l.mu.Unlock()
	}, true
}

var (
	errHeld    = fault.Conflict("The recording is held: it cannot be deleted before its hold is lifted.")
	errClaimed = fault.Conflict("The recording is being deleted, or how long it is kept is being changed: try again.")
)
