package journal

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// Owner is who the records belong to: a goroutine that does one thing at a time,
// such as a scheduler.
type Owner struct {
	// Do has a function run on the owner's goroutine. Those of one caller run in
	// their order; Do does not wait for the end.
	Do func(func())
	// At has a function run there at a time, or soon after it.
	At func(time.Time, func())
	// Accepted is called there with each message that is written, in the order of
	// queueing.
	Accepted func(*Record)
	// NewMessage returns the record of a message that recovery has found, with
	// an empty Message.
	NewMessage func() *Record
}

// Journal is the write-ahead log. Put, Flush and Unwritten are safe for
// concurrent use; End, Changed and RewriteStale are the owner's.
type Journal struct {
	owner   Owner
	store   Store
	log     *slog.Logger
	metrics metrics
	queue   *queue
	recent  recentPages

	failing atomic.Bool // the log says that nothing can be written, or synced

	lastSeq, pages uint64 // of the writer
	text           []byte // of the writer: the last page, to be written over

	// Of the owner's goroutine.
	stale map[*page]struct{}
	holds map[string][]*Record
}

// New returns a journal over a store. Recover comes first, then Write.
func New(store Store, owner Owner, log *slog.Logger) *Journal {
	j := &Journal{
		owner: owner, store: store, log: log, metrics: newMetrics(), queue: newQueue(),
		stale: map[*page]struct{}{}, holds: map[string][]*Record{},
	}
	j.queue.syncs.late = j.syncLate
	return j
}

// Entry is what waits for the journal's writer: a record to be written, or a
// mark, which takes its place among the records.
type Entry struct {
	record  *Record
	content []byte // encoded by who queued it
	size    int    // of the content, wherever it is, in bytes
	// A record that is written again brings its line, and, where its content is
	// not in memory, the number of the page that has it.
	again *line
	from  uint64
	// skipped: it was over and forgotten before it could be written again. Unread: its
	// content cannot be read, so that it stays where it is.
	skipped, unread bool

	mark func()
}

// EntryOf is the entry of a message.
func EntryOf(r *Record) Entry {
	content := r.content()
	r.size = len(content)
	return Entry{record: r, content: content, size: r.size}
}

// HoldEntry is a new hold, in the place of an older one of its key.
func HoldEntry(h Hold) Entry {
	return EntryOf(&Record{kind: KindHold, Posted: time.Now(), hold: h})
}

// ReleaseEntry ends holds. A key that is not held is no mistake.
func ReleaseEntry(keys ...string) Entry {
	return EntryOf(&Record{kind: KindRelease, Posted: time.Now(), ends: keys})
}

// MarkEntry has do run on the owner's goroutine when all before it is written.
func MarkEntry(do func()) Entry { return Entry{mark: do} }

// Put queues entries together. It never blocks; it reports false once the
// journal is sealed.
func (j *Journal) Put(entries ...Entry) bool { return j.queue.put(entries...) }

// Failure is why nothing can be written or synced at the moment; nil: it can.
func (j *Journal) Failure() error { return j.queue.failing() }

// logFailure tells an operator that nothing is delivered that a kill could forget.
func (j *Journal) logFailure(message string, attributes ...any) {
	j.metrics.failures.Inc()
	j.failing.Store(true)
	j.log.Error(message, attributes...)
}

// logRecovery tells that it is over. A sync of what was written before may succeed while
// nothing more can be written.
func (j *Journal) logRecovery() {
	if j.failing.Load() && j.Failure() == nil && j.failing.Swap(false) {
		j.log.Warn("the journal of deliveries can be written again")
	}
}

// Unwritten counts what is queued and not written yet.
func (j *Journal) Unwritten() int { return int(j.queue.unwritten()) }

// Seal refuses further entries, and lets Write return when all are on disk.
func (j *Journal) Seal() { j.queue.close() }

// Close waits until the store has forgotten what is over.
func (j *Journal) Close(ctx context.Context) error { return j.store.Close(ctx) }
