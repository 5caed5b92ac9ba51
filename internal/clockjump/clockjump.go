// Package clockjump notices that the clock of the machine is set forward, also between two
// processes: what seems to be old then need not be, and an operator has an hour to set the
// clock right before anything is deleted by its age. It compares the clock with the one that
// nobody sets. A server has one Watch, which all ask that delete by age.
package clockjump

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"
)

const (
	// Tolerance is by how much the clock of the machine may be set forward between
	// two looks without a doubt about it.
	Tolerance = 5 * time.Minute
	// doubtLasts is how long nothing is deleted by its age after more.
	doubtLasts = time.Hour
	// noteEvery is how often it is noted that the process is at work.
	noteEvery = time.Minute
)

// Watch watches a clock. It is safe for concurrent use; a nil one never doubts.
type Watch struct {
	wall func() time.Time
	file string // its time is when a process was last at work; "": there is none
	log  *slog.Logger

	mu      sync.Mutex
	set     time.Time // the clock, at the last look
	steady  time.Time // the one that nobody sets, at the last look
	doubted time.Time // until when, by the steady one; zero: never was
	noted   time.Time // when the file got its time, by the steady one; zero: it did not yet
}

// New begins to watch a clock.
func New(wall func() time.Time, log *slog.Logger) *Watch {
	return &Watch{wall: wall, log: log, set: wall().Round(0), steady: time.Now()}
}

// Open begins to watch a clock, and doubts it if the process before was last at work long
// ago: that may be so, or the clock was set forward meanwhile. The time of a file tells when that was;
// former are files of earlier versions for the same, which are removed.
func Open(file string, wall func() time.Time, log *slog.Logger, former ...string) *Watch {
	w := New(wall, log)
	w.file = file
	newest, last := "", time.Time{}
	for _, name := range append(former, file) {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(last) {
			newest, last = name, info.ModTime()
		}
	}
	if gap := w.set.Sub(last); newest != "" && gap > Tolerance {
		log.Warn("the server did not run for long, or the clock of the machine was set forward: for an hour nothing is deleted by its age", "since", gap)
		w.doubted = w.steady.Add(doubtLasts)
	}
	if newest != "" && newest != file {
		_ = os.Rename(newest, file) // a start within the hour must find the doubt again
	}
	for _, name := range former {
		_ = os.Remove(name) // mostly there is none; one that stays is older than ours from now on
	}
	return w
}

// Run looks each minute, until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	ticker := time.NewTicker(noteEvery)
	defer ticker.Stop()
	for {
		w.Doubtful()
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// Doubtful compares the clocks, and reports whether the clock of the machine was set forward
// within the last hour.
func (w *Watch) Doubtful() bool {
	if w == nil {
		return false
	}
	forward, doubtful, due := w.look()
	if forward > 0 {
		w.log.Error("the clock of the machine was set forward: for an hour nothing is deleted by its age", "by", forward)
	}
	if due {
		if err := w.note(); err != nil {
			w.log.Warn("it cannot be noted when the server was last at work", "error", err)
		}
	}
	return doubtful
}

// look returns by how much the clock was set forward since the last look (0: not so far that it matters),
// and whether it is time to note that the process is at work: not in a doubt, which a start within
// the hour must find again.
func (w *Watch) look() (forward time.Duration, doubtful, due bool) {
	set, steady := w.wall().Round(0), time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if forward = set.Sub(w.set) - steady.Sub(w.steady); forward > Tolerance {
		w.doubted = steady.Add(doubtLasts)
	} else {
		forward = 0
	}
	w.set, w.steady = set, steady
	doubtful = steady.Before(w.doubted)
	if due = w.file != "" && !doubtful && (w.noted.IsZero() || steady.Sub(w.noted) >= noteEvery); due {
		w.noted = steady
	}
	return forward, doubtful, due
}

// note gives the file the time of now.
func (w *Watch) note() error {
	opened, err := os.OpenFile(w.file, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	now := w.wall()
	if err := opened.Close(); err != nil {
		return err
	}
	return os.Chtimes(w.file, now, now)
}
