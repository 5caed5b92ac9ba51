package sip

import (
	"net"
	"net/netip"
)

// clientConn is a connection of a client that a proxy names.
type clientConn struct {
	net.Conn
	client *net.TCPAddr
}

// RemoteAddr is the client's address.
func (c clientConn) RemoteAddr() net.Addr { return c.client }

// asClient shows a connection as that of the client whose request opened it, which may
// be behind a trusted proxy.
func asClient(conn net.Conn, client string) net.Conn {
	at, err := netip.ParseAddrPort(client)
	if err != nil || at == addressOf(conn.RemoteAddr()) {
		return conn
	}
	return clientConn{conn, net.TCPAddrFromAddrPort(at)}
}
