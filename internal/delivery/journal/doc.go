// Package journal is the write-ahead log of deliveries: what is on disk, so that
// an event that was accepted survives kill -9. It owns the queue of the writer
// and its group commit, the format of pages and records, the bookkeeping that
// tells which pages can be forgotten, and recovery.
//
// A page is written at once and holds up to 256 records, which are delivered then. It
// is synced when somebody waits for that (Flush), or 10 ms later
// (docs/decisions/0026-events-are-sent-when-written.md). A Store keeps
// pages, in segment files (docs/decisions/0016-a-journal-of-segment-files.md). A record is a
// message to be delivered, a hold (a promise that survives the process) or a release
// (the end of holds). A record may be written again, with its attempts and its next
// due time, so that a page in which most is over can be forgotten; of several copies
// the newest counts.
//
// The journal does not know what a message says: its owner, the scheduler of
// package delivery, encodes it. It obeys docs/architecture.md, "What survives".
package journal
