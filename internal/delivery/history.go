package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"
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
	archivePace     = time.Second
	archivePatience = 10 * time.Second
	blockRecords    = 256
	blockBytes      = 128 << 10
)

// dated is what a history keeps.
type dated interface{ when() time.Time }

// history is the newest records of one kind: in memory for who asks, and in an
// archive for the next process. A record that is forgotten before its turn to
// be archived came is not archived, which bounds what that can cost.
type history[T dated] struct {
	name    string
	archive Archive // nil: memory only
	keep    time.Duration
	size    int // records in memory
	log     *slog.Logger

	mu       sync.Mutex
	ring     []T    // record n lies at n modulo size
	next     uint64 // number of the record to come
	archived uint64 // those before it need not be archived
	wake     chan struct{}
}

func newHistory[T dated](name string, archive Archive, keep time.Duration, size int, log *slog.Logger) *history[T] {
	return &history[T]{name: name, archive: archive, keep: keep, size: size, log: log, wake: make(chan struct{}, 1)}
}

func (h *history[T]) add(record T) {
	h.mu.Lock()
	h.push(record)
	h.mu.Unlock()
	if h.archive == nil {
		return
	}
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// push adds a record in the place of the oldest. The caller holds mu.
func (h *history[T]) push(record T) {
	if len(h.ring) < h.size {
		h.ring = append(h.ring, record)
	} else {
		h.ring[h.next%uint64(h.size)] = record
	}
	h.next++
}

// oldest is the number of the oldest record in memory. The caller holds mu.
func (h *history[T]) oldest() uint64 { return h.next - uint64(len(h.ring)) }

// find returns the newest records that are wanted, newest first, at most limit.
func (h *history[T]) find(wanted func(*T) bool, limit int) (found []T) {
	since := time.Now().Add(-h.keep)
	h.mu.Lock()
	defer h.mu.Unlock()
	for n := h.next; n > h.oldest() && len(found) < limit; n-- {
		record := &h.ring[(n-1)%uint64(h.size)]
		if (*record).when().After(since) && wanted(record) {
			found = append(found, *record)
		}
	}
	return found
}

// load reads the archive, as much as there is room for. What was added before
// stays, as what is newer.
func (h *history[T]) load(ctx context.Context) error {
	if h.archive == nil {
		return nil
	}
	var old []T
	since := time.Now().Add(-h.keep)
	err := h.archive.Read(ctx, h.size, func(block []byte) error {
		for lines := json.NewDecoder(bytes.NewReader(block)); lines.More(); {
			var record T
			if err := lines.Decode(&record); err != nil {
				h.log.Warn("a block of an archive is damaged", "archive", h.name, "error", err)
				return nil // the rest is as good as it was
			}
			if record.when().After(since) {
				old = append(old, record)
			}
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

// write archives what has gathered, once a second while something has, until
// life ends; then the rest.
func (h *history[T]) write(life context.Context) {
	for {
		select {
		case <-h.wake:
			pause(life, archivePace)
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
func (h *history[T]) writeBlock(life context.Context) bool {
	if h.archive == nil {
		return false
	}
	first, records := h.due()
	if len(records) == 0 {
		return false
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	n := 0
	for ; n < len(records) && text.Len() < blockBytes; n++ {
		_ = encoder.Encode(records[n]) // into memory, of texts and numbers: it cannot fail
	}
	h.mu.Lock()
	h.archived = first + uint64(n)
	h.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(life), archivePatience, errors.New("the archive does not answer"))
	defer cancel()
	if err := h.archive.Append(ctx, text.Bytes()); err != nil {
		h.log.Error("records of deliveries cannot be archived, a restart will forget them", "archive", h.name, "records", n, "error", err)
		return false
	}
	return true
}

// due returns the next records to be archived, and the number of the first.
func (h *history[T]) due() (first uint64, records []T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first = max(h.archived, h.oldest())
	for n := first; n < min(h.next, first+blockRecords); n++ {
		records = append(records, h.ring[n%uint64(h.size)])
	}
	return first, records
}
