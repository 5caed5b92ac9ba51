package sip

import (
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
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
		conn, err := l.server.acceptFrom(l.Listener)
		if err != nil {
			return nil, err
		}
		if accepted, ok := l.server.accept(conn, l.server.isTrunk(conn), false); ok {
			return &meteredConn{Conn: accepted, server: l.server}, nil
		}
	}
}

// acceptPauses are the pauses after failures that pass: 5 ms to 1 s.
var acceptPauses = backoff.Exponential{First: 5 * time.Millisecond, Longest: time.Second}

// acceptFrom returns the next connection of a listener. It tries again after failures that
// pass: the process or the system has no descriptor or no memory left, a client has gone
// already, or the network says what is wrong with its connection (accept(2)). A listener that
// gave up then would lock out everybody for good.
func (s *Server) acceptFrom(l net.Listener) (net.Conn, error) {
	for failures := 1; ; failures++ {
		conn, err := l.Accept()
		if err == nil || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.EINVAL) { // EINVAL: it does not listen any more
			return conn, err
		}
		if s.gate.MayWarn(time.Now()) {
			s.log.Warn("a connection could not be accepted; the listener tries again", "address", l.Addr(), "error", err)
		}
		if !backoff.Wait(s.ctx, acceptPauses.Delay(failures)) {
			return nil, net.ErrClosed
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

// isTrunk reports whether a connection comes from an address of a trunk.
func (s *Server) isTrunk(conn net.Conn) bool {
	return s.trunks.Knows(addressOf(conn.RemoteAddr()).Addr())
}

// accept counts a connection; false where there are too many.
func (s *Server) accept(conn net.Conn, known, handshake bool) (*acceptedConn, bool) {
	source := addressOf(conn.RemoteAddr())
	counted := s.gate.Connections.Open(source, known, handshake, conn, time.Now())
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
	c.server.streamClosed(c)
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
