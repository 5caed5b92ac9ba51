package history

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/inbox"
)

// Archive keeps blocks of bytes, in their order, for a time and a size of its
// own.
type Archive interface {
	// Append keeps a block; it is durable when Append returns, which keeps nothing of block.
	Append(ctx context.Context, block []byte) error
	// Read tells the newest blocks that are kept, at most so many, oldest first.
	Read(ctx context.Context, most int, tell func(block []byte) error) error
}

// Records are archived together, so that a write costs the same for one as for
// many: what a second has brought, in blocks of these sizes at most.
const (
	archiveInterval = time.Second
	archiveTimeout  = 10 * time.Second
	blockRecords    = 256
	blockBytes      = 128 << 10
)

// Config says how much a History keeps.
type Config struct {
	Archive Archive       // nil: memory only
	Keep    time.Duration // how long; 0: 7 days
	Size    int           // records in memory; 0: 10,000
}

// defaultKeep is what Azure's own log analytics keep at least.
const (
	defaultKeep = 7 * 24 * time.Hour
	defaultSize = 10_000
)

// History is a ring buffer of the newest records of one kind: in memory for who
// asks, and in an archive for the next process. A record that is overwritten
// before it could be archived is not archived, which bounds what that can cost.
type History[T any] struct {
	format  Format[T]
	archive Archive
	keep    time.Duration
	log     *slog.Logger

	mu       sync.Mutex
	ring     ring[T]
	archived uint64 // those before it need not be archived
	wake     inbox.Signal

	// Of writeBlock, for its next block.
	records []T
	text    bytes.Buffer
	packed  []byte
}

// New returns an empty history. Load reads the archive; Write must run for
// anything to be archived.
func New[T any](format Format[T], cfg Config, log *slog.Logger) *History[T] {
	if cfg.Keep <= 0 {
		cfg.Keep = defaultKeep
	}
	if cfg.Size <= 0 {
		cfg.Size = defaultSize
	}
	return &History[T]{format: format, archive: cfg.Archive, keep: cfg.Keep, ring: ring[T]{size: cfg.Size}, log: log, wake: inbox.NewSignal()}
}

// Add adds a record. It never blocks.
func (h *History[T]) Add(record T) {
	h.mu.Lock()
	h.ring.push(record)
	h.mu.Unlock()
	if h.archive != nil {
		h.wake.Set()
	}
}

// Find returns the newest records that are wanted, newest first, at most limit.
func (h *History[T]) Find(wanted func(*T) bool, limit int) (found []T) {
	since := time.Now().Add(-h.keep)
	h.mu.Lock()
	defer h.mu.Unlock()
	for n := h.ring.next; n > h.ring.oldest() && len(found) < limit; n-- {
		record := h.ring.at(n - 1)
		if h.format.Time(*record).After(since) && wanted(record) {
			found = append(found, *record)
		}
	}
	return found
}

// Load reads the archive, as much as there is room for. What was added before
// stays, as what is newer.
func (h *History[T]) Load(ctx context.Context) error {
	if h.archive == nil {
		return nil
	}
	var old []T
	since := time.Now().Add(-h.keep)
	err := h.archive.Read(ctx, h.ring.size, func(block []byte) error {
		damaged := h.format.decode(block, func(record T) {
			if h.format.Time(record).After(since) {
				old = append(old, record)
			}
		})
		if damaged != nil { // the other blocks are not
			h.log.Warn("a block of an archive cannot be read and is skipped", "archive", h.format.Kind, "error", damaged)
		}
		if size := h.ring.size; len(old) > 2*size {
			old = append(old[:0], old[len(old)-size:]...)
		}
		return nil
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	recent := h.ring
	h.ring = ring[T]{size: recent.size}
	for _, record := range old {
		h.ring.push(record)
	}
	h.archived = h.ring.next
	for n := recent.oldest(); n < recent.next; n++ {
		h.ring.push(*recent.at(n))
	}
	return err
}

// Write archives what has gathered, once a second while something has, until
// life ends; then the rest.
func (h *History[T]) Write(life context.Context) {
	for {
		select {
		case <-h.wake:
			backoff.Wait(life, archiveInterval)
		case <-life.Done():
		}
		for h.writeBlock(life) {
		}
		if life.Err() != nil {
			return
		}
	}
}

// mostKept bounds the memory that waits for the next block, in bytes.
const mostKept = 2 * blockBytes

// writeBlock archives a block and reports whether there may be more. Only one goroutine
// calls it.
func (h *History[T]) writeBlock(life context.Context) bool {
	if h.archive == nil {
		return false
	}
	first := h.due()
	if len(h.records) == 0 {
		return false
	}
	h.text.Reset()
	n := h.format.encode(&h.text, h.records)
	clear(h.records)
	h.packed = pack(h.packed, h.text.Bytes())
	if h.text.Cap() > mostKept {
		h.text = bytes.Buffer{}
	}
	h.mu.Lock()
	h.archived = first + uint64(n)
	h.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(life), archiveTimeout, errors.New("the archive did not answer in time"))
	defer cancel()
	err := h.archive.Append(ctx, h.packed)
	if cap(h.packed) > mostKept {
		h.packed = nil
	}
	if err != nil {
		h.log.Error("records of deliveries cannot be archived; they are lost with the process", "archive", h.format.Kind, "records", n, "error", err)
	}
	return err == nil
}

// due takes the next records to be archived, and returns the number of the first.
func (h *History[T]) due() (first uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first = max(h.archived, h.ring.oldest())
	h.records = h.records[:0]
	for n := first; n < min(h.ring.next, first+blockRecords); n++ {
		h.records = append(h.records, *h.ring.at(n))
	}
	return first
}
