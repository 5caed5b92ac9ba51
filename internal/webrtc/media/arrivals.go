package media

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// arrivals is the TCP listener. It knows connections by where they come from, so that the
// one over which a client's path has come up is known to be a client's: its checks carried
// the password of an answer (RFC 8445 §7.2.2), which strangers do not have.
type arrivals struct {
	net.Listener
	proven func(net.Conn)
	ended  *atomic.Uint64 // connections, by a packet that is tooLong

	mu   sync.Mutex // held around memory
	from map[netip.AddrPort]net.Conn
}

func newArrivals(of net.Listener, proven func(net.Conn), ended *atomic.Uint64) *arrivals {
	return &arrivals{Listener: of, proven: proven, ended: ended, from: make(map[netip.AddrPort]net.Conn)}
}

// Accept returns the next connection.
func (a *arrivals) Accept() (net.Conn, error) {
	conn, err := a.Listener.Accept()
	if err != nil {
		return nil, err
	}
	made := &arrival{Conn: conn, at: a, from: addressOf(conn)}
	a.mu.Lock()
	a.from[made.from] = conn
	a.mu.Unlock()
	return made, nil
}

// prove notes that a client's path came up from an address.
func (a *arrivals) prove(from netip.AddrPort) {
	a.mu.Lock()
	conn := a.from[from]
	a.mu.Unlock()
	if conn != nil && a.proven != nil {
		a.proven(conn)
	}
}

// arrival is a connection that is known until it is closed.
type arrival struct {
	net.Conn
	at   *arrivals
	from netip.AddrPort
	came framed
}

// Read implements net.Conn. The connection ends with a packet that is tooLong.
func (c *arrival) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if why := c.came.take(b[:n]); why != nil {
		c.at.ended.Add(1)
		return 0, why
	}
	return n, err
}

// Close closes the connection.
func (c *arrival) Close() error {
	c.at.mu.Lock()
	if c.at.from[c.from] == c.Conn {
		delete(c.at.from, c.from)
	}
	c.at.mu.Unlock()
	return c.Conn.Close()
}

func addressOf(conn net.Conn) netip.AddrPort {
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return normal(tcp.AddrPort())
	}
	return netip.AddrPort{}
}

func normal(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// proveClient tells of the connection of a path that has come up, if it is one of TCP.
func (l *link) proveClient() {
	pair := l.pair()
	if pair == nil || pair.Local.Protocol.String() != "tcp" {
		return
	}
	if address, err := netip.ParseAddr(pair.Remote.Address); err == nil {
		l.peer.engine.arrivals.prove(normal(netip.AddrPortFrom(address, pair.Remote.Port)))
	}
}
