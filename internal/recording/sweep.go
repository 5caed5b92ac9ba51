package recording

import (
	"errors"
	"maps"
	"os"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// sweepEvery is how long after its time a recording may still be on disk. It cannot
// be downloaded any more then.
const sweepEvery = time.Minute

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

// sweep deletes the recordings whose time is over.
func (l *Library) sweep() error {
	l.cfg.Doubts.Doubtful() // it looks, also while there is no recording
	var failed error
	there := map[string]bool{}
	for item, err := range l.records.All(l.life) {
		if err != nil {
			return errors.Join(failed, err)
		}
		there[item.Value.key()] = true
		if l.isDue(&item.Value) {
			failed = errors.Join(failed, l.eraseDue(item.Value.key()))
		}
	}
	failed = errors.Join(failed, l.removeOldStrays())
	maps.DeleteFunc(l.seen, func(key string, _ time.Time) bool { return !there[key] })
	return failed
}

// isDue reports whether a recording is to be deleted by its time.
func (l *Library) isDue(r *Record) bool { return l.expired(r) || l.outlived(r) }

// eraseDue deletes a recording, unless it is to be kept now, or somebody has deleted it, or
// is changing how long it is kept: the next sweep finds what came of that.
func (l *Library) eraseDue(key string) error {
	stays := errors.New("the recording is to be kept")
	err := l.erase(l.life, key, func(r *Record) error {
		if !l.isDue(r) {
			return stays
		}
		return nil
	})
	if errors.Is(err, stays) || errors.Is(err, errClaimed) || fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}
