package sip

import (
	"bytes"
	"errors"
	"net"

	"github.com/switchhook/switchhook/internal/sip/header"
)

var (
	errParameters = errors.New("a line has too many parameters")
	errZeros      = errors.New("zeros are no message")
)

// meteredConn is a connection over which a stranger sends no more parameters in a line
// than are read at once (header.MaxParameters), nor zeros, which sipgo leaves out without asking
// anybody, as fast as they come.
type meteredConn struct {
	net.Conn
	server *Server
	meter  header.Meter
}

// isZeros reports whether there is nothing but zeros.
func isZeros(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// Read reads what sipgo parses, without TLS.
func (c *meteredConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n == 0 || !c.server.gate.Connections.IsUnknown(addressOf(c.RemoteAddr())) {
		return n, err
	}
	switch {
	case isZeros(b[:n]):
		err = errZeros
	case !c.meter.Bounded(b[:n]):
		err = errParameters
	default:
		return n, err
	}
	c.server.gate.Counts.NoteMalformed()
	return 0, err
}
