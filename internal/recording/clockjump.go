package recording

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

const (
	// jumpTolerance is by how much the clock of the machine may be set forward between
	// two sweeps without a doubt about it.
	jumpTolerance = 5 * time.Minute
	// doubtLasts is how long no recording is deleted by its time after more.
	doubtLasts = time.Hour
)

// jumpWatch notices that the clock of the machine is set forward: what seems to be old
// then need not be, and an operator has an hour to set the clock right before anything
// is deleted. It compares the clock with the one that nobody sets.
type jumpWatch struct {
	wall    func() time.Time
	set     time.Time    // the clock, at the last look
	steady  time.Time    // the other one
	doubted atomic.Int64 // until when, in ns since the steady clock's origin; 0: never was
	origin  time.Time
}

func newJumpWatch(wall func() time.Time) *jumpWatch {
	now := time.Now()
	return &jumpWatch{wall: wall, set: wall().Round(0), steady: now, origin: now}
}

// look compares the clocks, and returns by how much one was set forward; 0: not so far
// that it matters. Only the sweeping goroutine calls it.
func (w *jumpWatch) look() (forward time.Duration) {
	set, steady := w.wall().Round(0), time.Now()
	forward = set.Sub(w.set) - steady.Sub(w.steady)
	w.set, w.steady = set, steady
	if forward <= jumpTolerance {
		return 0
	}
	w.doubt()
	return forward
}

// doubt has nothing deleted for an hour.
func (w *jumpWatch) doubt() { w.doubted.Store(int64(time.Since(w.origin) + doubtLasts)) }

// aliveSuffix is behind the name of the folder in that of the file whose time is when a
// process was last at work with it.
const aliveSuffix = "-last-alive"

// resume doubts a clock that says that the process before was last at work long ago: that
// may be so, or the clock was set forward meanwhile. It returns how long.
func (w *jumpWatch) resume(dir string) (gap time.Duration) {
	info, err := os.Stat(filepath.Clean(dir) + aliveSuffix)
	if err != nil {
		return 0 // there was none
	}
	if gap = w.wall().Sub(info.ModTime()); gap <= jumpTolerance {
		return 0
	}
	w.doubt()
	return gap
}

// alive notes that this process is at work.
func (w *jumpWatch) alive(dir string) error {
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

// doubtful reports whether the clock was set forward within the last hour.
func (w *jumpWatch) doubtful() bool {
	return int64(time.Since(w.origin)) < w.doubted.Load()
}
