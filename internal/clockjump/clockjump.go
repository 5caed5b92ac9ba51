// Package clockjump notices that the clock of the machine is set forward: what seems to be
// old then need not be, and an operator has an hour to set the clock right before anything is
// deleted by its age. It compares the clock with the one that nobody sets.
package clockjump

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

const (
	// Tolerance is by how much the clock of the machine may be set forward between
	// two looks without a doubt about it.
	Tolerance = 5 * time.Minute
	// doubtLasts is how long nothing is deleted by its age after more.
	doubtLasts = time.Hour
)

// Watch watches a clock. Doubtful may be called from any goroutine, the rest from one.
type Watch struct {
	wall    func() time.Time
	set     time.Time    // the clock, at the last look
	steady  time.Time    // the other one
	doubted atomic.Int64 // until when, in ns since the steady clock's origin; 0: never was
	origin  time.Time
}

// New begins to watch a clock.
func New(wall func() time.Time) *Watch {
	now := time.Now()
	return &Watch{wall: wall, set: wall().Round(0), steady: now, origin: now}
}

// Look compares the clocks, and returns by how much one was set forward; 0: not so far
// that it matters.
func (w *Watch) Look() (forward time.Duration) {
	set, steady := w.wall().Round(0), time.Now()
	forward = set.Sub(w.set) - steady.Sub(w.steady)
	w.set, w.steady = set, steady
	if forward <= Tolerance {
		return 0
	}
	w.doubt()
	return forward
}

// doubt has nothing deleted for an hour.
func (w *Watch) doubt() { w.doubted.Store(int64(time.Since(w.origin) + doubtLasts)) }

// aliveSuffix is behind the name of the folder in that of the file whose time is when a
// process was last at work with it.
const aliveSuffix = "-last-alive"

// Resume doubts a clock that says that the process before was last at work long ago: that
// may be so, or the clock was set forward meanwhile. It returns how long.
func (w *Watch) Resume(dir string) (gap time.Duration) {
	info, err := os.Stat(filepath.Clean(dir) + aliveSuffix)
	if err != nil {
		return 0 // there was none
	}
	if gap = w.wall().Sub(info.ModTime()); gap <= Tolerance {
		return 0
	}
	w.doubt()
	return gap
}

// Alive notes that this process is at work.
func (w *Watch) Alive(dir string) error {
	name := filepath.Clean(dir) + aliveSuffix
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	now := w.wall()
	if err := file.Close(); err != nil {
		return err
	}
	return os.Chtimes(name, now, now)
}

// Doubtful reports whether the clock was set forward within the last hour.
func (w *Watch) Doubtful() bool {
	return int64(time.Since(w.origin)) < w.doubted.Load()
}
