package sip

import (
	"net"
	"time"

	"github.com/switchhook/switchhook/internal/sip/gate"
)

// limitedListener accepts connections as far as the gate permits them.
type limitedListener struct {
	net.Listener
	server *Server
}

// Accept returns the next connection that the gate permits.
func (l limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if accepted, ok := l.server.accept(conn, false); ok {
			return accepted, nil
		}
	}
}

// acceptedConn is a connection that the gate counts until it closes. That of an
// unknown source does not outlive its time.
type acceptedConn struct {
	net.Conn
	server  *Server
	counted *gate.Connection
}

// accept counts a connection; false where there are too many.
func (s *Server) accept(conn net.Conn, handshake bool) (*acceptedConn, bool) {
	source := addressOf(conn.RemoteAddr())
	counted := s.gate.Connections.Open(source, s.trunks.Knows(source.Addr()), handshake, conn, time.Now())
	if counted == nil {
		conn.Close()
		return nil, false
	}
	return &acceptedConn{conn, s, counted}, true
}

// Close closes the connection.
func (c *acceptedConn) Close() error {
	c.counted.Close()
	c.server.flowClosed(addressOf(c.RemoteAddr()))
	return c.Conn.Close()
}

// SetReadDeadline sets when reading fails, for an unknown source not after its end.
func (c *acceptedConn) SetReadDeadline(t time.Time) error {
	return c.Conn.SetReadDeadline(c.counted.Deadline(t))
}

// SetWriteDeadline sets when writing fails, for an unknown source not after its end.
func (c *acceptedConn) SetWriteDeadline(t time.Time) error {
	return c.Conn.SetWriteDeadline(c.counted.Deadline(t))
}
