package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Archive keeps blocks of bytes, in their order, for a time and a size of its
// own.
type Archive interface {
	// Append keeps a block; it is durable when Append returns.
	Append(ctx context.Context, block []byte) error
	// Read tells each block that is kept, oldest first.
	Read(ctx context.Context, tell func(block []byte) error) error
}

// Bounds of the failure log.
const (
	maxFailures     = 10_000 // in memory; about 10 MB
	failureBlock    = 256    // records that are archived together
	failurePace     = time.Second
	archivePatience = 10 * time.Second
)

// failureLog remembers failures, and archives them in groups.
type failureLog struct {
	archive Archive // nil: memory only
	keep    time.Duration
	log     *slog.Logger

	mu       sync.Mutex
	failures backlogOf[Failure]
	new      []Failure // not archived yet
	lost     int       // were too many to be archived
	wake     chan struct{}
}

func newFailureLog(archive Archive, keep time.Duration, log *slog.Logger) *failureLog {
	return &failureLog{archive: archive, keep: keep, log: log, wake: make(chan struct{}, 1)}
}

// load reads the archive.
func (l *failureLog) load(ctx context.Context) error {
	if l.archive == nil {
		return nil
	}
	since := time.Now().Add(-l.keep)
	return l.archive.Read(ctx, func(block []byte) error {
		for lines := json.NewDecoder(bytes.NewReader(block)); lines.More(); {
			var f Failure
			if err := lines.Decode(&f); err != nil {
				l.log.Warn("a block of the failure log is damaged", "error", err)
				return nil // the rest is as good as it was
			}
			if f.Time.After(since) {
				l.remember(f)
			}
		}
		return nil
	})
}

func (l *failureLog) remember(f Failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures.push(f)
	if l.failures.len() > maxFailures {
		l.failures.pop()
	}
}

func (l *failureLog) add(f Failure) {
	l.remember(f)
	if l.archive == nil {
		return
	}
	l.mu.Lock()
	if len(l.new) < maxFailures {
		l.new = append(l.new, f)
	} else {
		l.lost++
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *failureLog) find(q FailureQuery) []Failure {
	limit := orDefault(q.Limit, 100)
	since := time.Now().Add(-l.keep)
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.failures.empty() && l.failures.all()[0].Time.Before(since) {
		l.failures.pop()
	}
	var found []Failure
	all := l.failures.all()
	for i := len(all) - 1; i >= 0 && len(found) < limit; i-- {
		if q.matches(&all[i]) {
			found = append(found, all[i])
		}
	}
	return found
}

// write archives what has gathered, once a second while something has, until
// life ends; then the rest.
func (l *failureLog) write(life context.Context) {
	for {
		select {
		case <-l.wake:
			pause(life, failurePace)
		case <-life.Done():
		}
		for l.writeBlock(life) {
		}
		if life.Err() != nil {
			return
		}
	}
}

// writeBlock archives a block and reports whether there may be more.
func (l *failureLog) writeBlock(life context.Context) bool {
	l.mu.Lock()
	n := min(failureBlock, len(l.new))
	block := l.new[:n:n]
	l.new = l.new[n:]
	lost := l.lost
	l.lost = 0
	l.mu.Unlock()
	if lost > 0 {
		l.log.Warn("more failures than the log could keep", "lost", lost)
	}
	if n == 0 {
		return false
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for _, f := range block {
		_ = encoder.Encode(f) // into memory, of strings: it cannot fail
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(life), archivePatience, fmt.Errorf("the archive does not answer"))
	defer cancel()
	if err := l.archive.Append(ctx, text.Bytes()); err != nil {
		l.log.Error("failure log cannot be archived, a restart will forget these", "failures", n, "error", err)
		return false
	}
	return true
}
