// Package connlimit bounds the connections of a listener for HTTP, so that clients
// leave descriptors to calls. It owns which connection is closed to make room for
// another.
package connlimit

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/source"
)

// Config is what a Limit needs.
type Config struct {
	// Connections is how many there are at one time.
	Connections int
	// PerSource is how many of them one source has that has sent no valid credentials: an
	// IPv4 address, or an IPv6 /48.
	PerSource int
	// Exempt are addresses to which PerSource does not apply: this machine's, and those of
	// proxies, behind which there are many clients.
	Exempt func(netip.Addr) bool
}

const (
	// reserved is how many connections there are beyond the limit, for probes alone.
	reserved = 16
	// fullFor is how long a listener counts as full after a connection found no room.
	fullFor = 10 * time.Second
)

// Limit bounds the connections of one listener. It is safe for concurrent use.
type Limit struct {
	cfg    Config
	counts counts

	mu        sync.Mutex
	total     int                // connections, without those of the reserve
	strangers map[netip.Addr]int // of them without credentials, by source; exempt sources are not counted
	requests  map[netip.Addr]int // of strangers over HTTP/2, by source
	leaving   [kinds]queue       // those that may leave, in this order
	reserve   queue              // those beyond the limit
	onReserve int                // how many those are
	lastFull  time.Time
}

// New makes a limit.
func New(cfg Config) *Limit {
	l := &Limit{cfg: cfg, strangers: make(map[netip.Addr]int), requests: make(map[netip.Addr]int), reserve: newQueue()}
	for kind := range l.leaving {
		l.leaving[kind] = newQueue()
	}
	return l
}

// Counts is what a limit counts.
type Counts struct {
	Connections int    // at this time
	PerSource   uint64 // closed, because their source had too many
	Displaced   uint64 // closed to make room for others
	Full        uint64 // taken for probes alone, because none could leave
}

type counts struct{ perSource, displaced, full atomic.Uint64 }

// Counts returns the counts.
func (l *Limit) Counts() Counts {
	l.mu.Lock()
	total := l.total
	l.mu.Unlock()
	return Counts{total, l.counts.perSource.Load(), l.counts.displaced.Load(), l.counts.full.Load()}
}

// IsFull reports whether lately a connection had to leave that had sent valid
// credentials, or none could leave. Those of strangers do not make a listener full.
func (l *Limit) IsFull(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.lastFull.IsZero() && now.Sub(l.lastFull) < fullFor
}

// open counts a new connection; nil where its source has too many.
func (l *Limit) open(from netip.Addr, socket net.Conn, now time.Time) *Connection {
	c := &Connection{limit: l, socket: socket, source: source.Site(from), exempt: l.cfg.Exempt(from.Unmap())}
	l.mu.Lock()
	leaves, ok := l.makeRoom(c, now)
	if ok {
		l.take(c)
	}
	l.mu.Unlock()
	if leaves != nil {
		leaves.socket.Close()
	}
	if !ok {
		return nil
	}
	return c
}

// makeRoom decides whether a new connection is taken, and which one leaves for it.
func (l *Limit) makeRoom(c *Connection, now time.Time) (leaves *Connection, ok bool) {
	if !c.exempt && l.strangers[c.source] >= l.cfg.PerSource {
		l.counts.perSource.Add(1)
		leaves = l.strangerOf(c.source)
		if leaves == nil {
			return nil, false
		}
		l.drop(leaves)
		return leaves, true
	}
	if l.total < l.cfg.Connections {
		return nil, true
	}
	for kind := range l.leaving {
		if leaves = l.leaving[kind].first(); leaves == nil {
			continue
		}
		if kind == provenWaiting {
			l.lastFull = now
		}
		l.counts.displaced.Add(1)
		l.drop(leaves)
		return leaves, true
	}
	l.counts.full.Add(1)
	l.lastFull, c.onReserve = now, true
	if l.onReserve >= reserved {
		leaves = l.reserve.first()
		l.drop(leaves)
	}
	return leaves, true
}

// strangerOf returns which connection without credentials of a source leaves first.
func (l *Limit) strangerOf(from netip.Addr) *Connection {
	if c := l.leaving[strangerWaiting].firstOf(from); c != nil {
		return c
	}
	return l.leaving[strangerServing].firstOf(from)
}

// take counts a connection for which there is room.
func (l *Limit) take(c *Connection) {
	if c.onReserve {
		l.onReserve++
		l.reserve.add(c)
		return
	}
	l.total++
	if !c.exempt {
		l.strangers[c.source]++
	}
	l.settle(c)
}

// settle puts a connection among those that may leave, as what it does now.
func (l *Limit) settle(c *Connection) {
	if c.queue != nil {
		c.queue.remove(c)
	}
	if kind, may := c.kind(); may {
		l.leaving[kind].add(c)
	}
}

// drop takes a connection off the count.
func (l *Limit) drop(c *Connection) {
	c.state = closed
	if c.queue != nil {
		c.queue.remove(c)
	}
	if c.onReserve {
		l.onReserve--
		return
	}
	l.total--
	if !c.proven {
		l.forgetStranger(c)
	}
}

func (l *Limit) forgetStranger(c *Connection) {
	if c.exempt {
		return
	}
	if l.strangers[c.source]--; l.strangers[c.source] == 0 {
		delete(l.strangers, c.source)
	}
}
