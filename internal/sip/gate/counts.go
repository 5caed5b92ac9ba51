package gate

import "sync/atomic"

// Refusals is what was turned away since the start.
type Refusals struct {
	Unknown   uint64 // requests of addresses that are no trunk's, or with wrong credentials
	Dropped   uint64 // of those beyond their rate, without an answer
	Malformed uint64 // messages that nobody can read, or that lack what every request has
	Busy      uint64 // calls that came when the server was full or stopping
	Overload  uint64 // calls that came when there was too much to do
}

// Counts are the counters of what was turned away.
type Counts struct{ unknown, dropped, malformed, busy, overload atomic.Uint64 }

// Refusals returns the counts.
func (c *Counts) Refusals() Refusals {
	return Refusals{c.unknown.Load(), c.dropped.Load(), c.malformed.Load(), c.busy.Load(), c.overload.Load()}
}

// NoteUnknown counts a request with wrong credentials.
func (c *Counts) NoteUnknown() { c.unknown.Add(1) }

// NoteMalformed counts a message that nobody can read.
func (c *Counts) NoteMalformed() { c.malformed.Add(1) }

// NoteBusy counts a call to a server that is full or stopping.
func (c *Counts) NoteBusy() { c.busy.Add(1) }
