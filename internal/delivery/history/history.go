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
	// Append keeps a block; it is durable when Append returns.
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
	size    int
	log     *slog.Logger

	mu       sync.Mutex
	ring     []T    // record n lies at n modulo size
	next     uint64 // number of the record to come
	archived uint64 // those before it need not be archived
	wake     inbox.Signal
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
	return &History[T]{format: format, archive: cfg.Archive, keep: cfg.Keep, size: cfg.Size, log: log, wake: inbox.NewSignal()}
}

// Add adds a record. It never blocks.
func (h *History[T]) Add(record T) {
	h.mu.Lock()
	h.push(record)
	h.mu.Unlock()
	if h.archive != nil {
		h.wake.Set()
	}
}

// push adds a record in the place of the oldest. The caller holds mu.
func (h *History[T]) push(record T) {
	if len(h.ring) < h.size {
		h.ring = append(h.ring, record)
	} else {
		h.ring[h.next%uint64(h.size)] = record
	}
	h.next++
}

// oldest is the number of the oldest record in memory. The caller holds mu.
func (h *History[T]) oldest() uint64 { return h.next - uint64(len(h.ring)) }

// Find returns the newest records that are wanted, newest first, at most limit.
func (h *History[T]) Find(wanted func(*T) bool, limit int) (found []T) {
	since := time.Now().Add(-h.keep)
	h.mu.Lock()
	defer h.mu.Unlock()
	for n := h.next; n > h.oldest() && len(found) < limit; n-- {
		record := &h.ring[(n-1)%uint64(h.size)]
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
	err := h.archive.Read(ctx, h.size, func(block []byte) error {
		damaged := h.format.decode(block, func(record T) {
			if h.format.Time(record).After(since) {
				old = append(old, record)
			}
		})
		if damaged != nil { // the other blocks are not
			h.log.Warn("a block of an archive cannot be read and is skipped", "archive", h.format.Kind, "error", damaged)
		}
		if len(old) > 2*h.size {
			old = append(old[:0], old[len(old)-h.size:]...)
		}
		return nil
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	recent := h.ring
	h.ring, h.next = nil, 0
	for _, record := range old {
		h.push(record)
	}
	h.archived = h.next
	for _, record := range recent {
		h.push(record)
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

// writeBlock archives a block and reports whether there may be more.
func (h *History[T]) writeBlock(life context.Context) bool {
	if h.archive == nil {
		return false
	}
	first, records := h.due()
	if len(records) == 0 {
		return false
	}
	var text bytes.Buffer
	n := h.format.encode(&text, records)
	h.mu.Lock()
	h.archived = first + uint64(n)
	h.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(life), archiveTimeout, errors.New("the archive did not answer in time"))
	defer cancel()
	if err := h.archive.Append(ctx, text.Bytes()); err != nil {
		h.log.Error("records of deliveries cannot be archived; they are lost with the process", "archive", h.format.Kind, "records", n, "error", err)
		return false
	}
	return true
}

// due returns the next records to be archived, and the number of the first.
func (h *History[T]) due() (first uint64, records []T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first = max(h.archived, h.oldest())
	end := min(h.next, first+blockRecords)
	records = make([]T, 0, end-first)
	for n := first; n < end; n++ {
		records = append(records, h.ring[n%uint64(h.size)])
	}
	return first, records
}
