package gate

import (
	"net/netip"
	"sync"
	"time"
)

// Bounds on connections. A subnet has unknownEach of those below it, or provenEach where
// somebody of it has shown credentials, and a site twice as many. Where all of them are
// taken, the oldest of the loudest site makes room.
const (
	maxConnections = 4096 // at one time, of anybody
	maxKept        = 3072
	maxUnknown     = 256
	maxHandshakes  = 256
	unknownEach    = 16
	provenEach     = 128
)

// Socket is what is counted of a connection.
type Socket interface {
	SetDeadline(time.Time) error
	Close() error
}

// Connections bounds how many connections there are, first of each source and then
// of all. One of an unknown source has an end that nobody moves, until it shows
// credentials: long enough to read a refusal, too short to hold many.
type Connections struct {
	life       time.Duration
	isProven   func(netip.Addr, time.Time) bool
	candidates sync.Map // unknown sources' connections that may yet show credentials, by their address

	mu    sync.Mutex
	total int
	pools [closedConnection]pool
}

func newConnections(life time.Duration, isProven func(netip.Addr, time.Time) bool) *Connections {
	c := &Connections{life: life, isProven: isProven}
	c.pools[handshakingConnection] = pool{most: maxHandshakes}
	c.pools[unknownConnection] = pool{most: maxUnknown}
	c.pools[authenticatedConnection] = pool{most: maxKept}
	c.pools[knownConnection] = pool{most: maxConnections}
	return c
}

// Connection is one that is counted.
//
//	handshaking → unknown → authenticated → closed
//	known                                 → closed
//
// handshaking is before the end of the handshake of TLS.
type Connection struct {
	all    *Connections
	source netip.AddrPort
	socket Socket
	each   int             // connections of its subnet, while nobody knows it
	state  connectionState // guarded by all
	until  time.Time       // of an unknown source's; guarded by all
}

type connectionState uint8

const (
	knownConnection connectionState = iota
	handshakingConnection
	unknownConnection
	authenticatedConnection
	closedConnection
)

// isUnknown reports whether it has yet to show credentials.
func (c *Connection) isUnknown() bool {
	return c.state == handshakingConnection || c.state == unknownConnection
}

// Open counts a connection; nil where there are too many. That of an unknown source
// over TLS counts by itself until its handshake is done.
func (c *Connections) Open(source netip.AddrPort, known, handshake bool, socket Socket, now time.Time) *Connection {
	made := &Connection{all: c, source: source, socket: socket, state: knownConnection, each: unknownEach}
	if c.isProven(source.Addr(), now) {
		made.each = provenEach
	}
	switch {
	case known:
	case handshake:
		made.state = handshakingConnection
	default:
		made.state = unknownConnection
	}
	if !known {
		made.until = now.Add(c.life)
		socket.SetDeadline(made.until)
	}
	if !c.enter(made) {
		return nil
	}
	return made
}

// enter takes a new connection in; false where there are too many.
func (c *Connections) enter(made *Connection) bool {
	c.mu.Lock()
	var leaves *Connection
	if c.total >= maxConnections { // only whoever is unknown makes room
		if leaves = c.pools[unknownConnection].loudest(); leaves == nil {
			leaves = c.pools[handshakingConnection].loudest()
		}
		if leaves == nil {
			c.mu.Unlock()
			return false
		}
		c.forget(leaves)
	}
	c.total++
	more := c.place(made)
	c.mu.Unlock()
	closeAll(leaves, more)
	return true
}

// place puts a connection into the pool of its state, and returns which one leaves
// for it; nil none.
func (c *Connections) place(made *Connection) (leaves *Connection) {
	p := &c.pools[made.state]
	if leaves = p.surplus(made); leaves != nil {
		c.forget(leaves)
	}
	p.members = append(p.members, made)
	if made.state == unknownConnection {
		c.candidates.Store(made.source, made)
	}
	return leaves
}

// forget takes a connection off the count.
func (c *Connections) forget(gone *Connection) {
	c.pools[gone.state].remove(gone)
	gone.state = closedConnection
	c.candidates.CompareAndDelete(gone.source, gone)
	c.total--
}

// move puts a connection into the pool of another state.
func (c *Connections) move(moved *Connection, to connectionState, until time.Time) (leaves *Connection) {
	c.pools[moved.state].remove(moved)
	moved.state, moved.until = to, until
	return c.place(moved)
}

func closeAll(list ...*Connection) {
	for _, gone := range list {
		if gone != nil {
			gone.socket.Close()
		}
	}
}

// IsUnknown reports whether a source's connection has yet to show credentials.
func (c *Connections) IsUnknown(source netip.AddrPort) bool {
	_, unknown := c.candidates.Load(source)
	return unknown
}

// Count is how many connections there are, and how many of unknown sources.
func (c *Connections) Count() (total, unknown int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total, len(c.pools[unknownConnection].members) + len(c.pools[handshakingConnection].members)
}

// Keep lets the connection of a source stay that has shown credentials.
func (c *Connections) Keep(source netip.AddrPort) {
	found, ok := c.candidates.LoadAndDelete(source)
	if !ok {
		return
	}
	made := found.(*Connection)
	c.mu.Lock()
	var leaves *Connection
	kept := made.state == unknownConnection
	if kept {
		leaves = c.move(made, authenticatedConnection, time.Time{})
	}
	c.mu.Unlock()
	if kept {
		made.socket.SetDeadline(time.Time{})
	}
	closeAll(leaves)
}

// HandshakeDone begins the time in which an unknown source must show credentials.
func (c *Connection) HandshakeDone(now time.Time) {
	all, until := c.all, now.Add(c.all.life)
	all.mu.Lock()
	var leaves *Connection
	moved := c.state == handshakingConnection
	if moved {
		leaves = all.move(c, unknownConnection, until)
	}
	all.mu.Unlock()
	if moved {
		c.socket.SetDeadline(until)
	}
	closeAll(leaves)
}

// Close takes the connection off the count, once.
func (c *Connection) Close() {
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	if c.state != closedConnection {
		c.all.forget(c)
	}
}

// Deadline is when reading or writing fails that somebody wants to fail at t: for
// an unknown source not after its end. The zero time is never.
func (c *Connection) Deadline(t time.Time) time.Time {
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	if !c.until.IsZero() && (t.IsZero() || t.After(c.until)) {
		return c.until
	}
	return t
}
