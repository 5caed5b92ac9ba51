package sip

import (
	"errors"
	"net"

	"github.com/switchhook/switchhook/internal/sip/header"
)

var errParameters = errors.New("a line has too many parameters")

// meteredConn is a connection over which a stranger sends no more parameters in a line
// than are read at once (header.MaxParameters).
type meteredConn struct {
	net.Conn
	server *Server
	meter  header.Meter
}

// Read reads what sipgo parses, without TLS.
func (c *meteredConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && c.server.gate.Connections.IsUnknown(addressOf(c.RemoteAddr())) && !c.meter.Bounded(b[:n]) {
		c.server.gate.Counts.NoteMalformed()
		return 0, errParameters
	}
	return n, err
}
