package connlimit

import (
	"net"
	"net/netip"
	"time"
)

// Listener returns a listener whose connections are counted.
func (l *Limit) Listener(of net.Listener) net.Listener { return listener{of, l} }

type listener struct {
	net.Listener
	limit *Limit
}

// Accept returns the next connection for which there is room.
func (l listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if counted := l.limit.open(addressOf(conn.RemoteAddr()), conn, time.Now()); counted != nil {
			return &countedConn{conn, counted}, nil
		}
		conn.Close()
	}
}

// Prove notes that the client of a connection of a Listener has shown valid credentials:
// it is no stranger's any more. (NoteCredentials is for requests of HTTP.)
func Prove(conn net.Conn) {
	if counted, ok := conn.(*countedConn); ok {
		counted.counted.enter(handedOver)
	}
}

func addressOf(address net.Addr) netip.Addr {
	if tcp, ok := address.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr()
	}
	return netip.Addr{}
}

// countedConn is a connection that counts until it is closed.
type countedConn struct {
	net.Conn
	counted *Connection
}

// Close closes the connection.
func (c *countedConn) Close() error {
	c.counted.enter(closed)
	return c.Conn.Close()
}
