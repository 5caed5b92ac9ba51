package gate

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxConnections        = 4096 // at one time
	maxUnknownConnections = 64
)

// Connections bounds how many connections there are. One of an unknown source
// has an end that nobody moves, until it shows credentials: long enough to read
// a refusal, too short to hold many.
type Connections struct {
	life       time.Duration
	candidates sync.Map // unknown sources' connections that may yet show credentials, by their address
	total      atomic.Int64
	unknown    atomic.Int64
}

func newConnections(life time.Duration) *Connections { return &Connections{life: life} }

// Connection is one that is counted.
//
//	unknown → authenticated → closed
//	known                   → closed
type Connection struct {
	all         *Connections
	source      netip.AddrPort
	setDeadline func(time.Time) error

	mu    sync.Mutex
	state connectionState
	until time.Time // of an unknown source's
}

type connectionState uint8

const (
	knownConnection connectionState = iota
	unknownConnection
	authenticatedConnection
	closedConnection
)

// Open counts a connection; nil where there are too many. setDeadline bounds
// reading and writing.
func (c *Connections) Open(source netip.AddrPort, known bool, setDeadline func(time.Time) error, now time.Time) *Connection {
	made := &Connection{all: c, source: source, setDeadline: setDeadline}
	tooMany := c.total.Add(1) > maxConnections
	if !known {
		made.state, made.until = unknownConnection, now.Add(c.life)
		tooMany = c.unknown.Add(1) > maxUnknownConnections || tooMany
		setDeadline(made.until)
		c.candidates.Store(source, made)
	}
	if tooMany {
		made.Close()
		return nil
	}
	return made
}

// IsUnknown reports whether a source's connection has yet to show credentials.
func (c *Connections) IsUnknown(source netip.AddrPort) bool {
	_, unknown := c.candidates.Load(source)
	return unknown
}

// Count is how many connections there are, and how many of unknown sources.
func (c *Connections) Count() (total, unknown int) {
	return int(c.total.Load()), int(c.unknown.Load())
}

// Keep lets the connection of a source stay that has shown credentials.
func (c *Connections) Keep(source netip.AddrPort) {
	found, ok := c.candidates.LoadAndDelete(source)
	if !ok {
		return
	}
	made := found.(*Connection)
	made.mu.Lock()
	defer made.mu.Unlock()
	if made.state == unknownConnection {
		made.state, made.until = authenticatedConnection, time.Time{}
		c.unknown.Add(-1)
		made.setDeadline(time.Time{})
	}
}

// Close takes the connection off the count, once.
func (c *Connection) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.state {
	case closedConnection:
		return
	case unknownConnection:
		c.all.unknown.Add(-1)
	}
	c.state = closedConnection
	c.all.candidates.CompareAndDelete(c.source, c)
	c.all.total.Add(-1)
}

// Deadline is when reading or writing fails that somebody wants to fail at t: for
// an unknown source not after its end. The zero time is never.
func (c *Connection) Deadline(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.until.IsZero() && (t.IsZero() || t.After(c.until)) {
		return c.until
	}
	return t
}
