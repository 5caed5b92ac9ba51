//go:build !linux

package sip

import (
	"net"
	"net/netip"
	"time"
)

// watchSocket has no times to tell here; the way from the reader to the handler is
// still watched. Nor has it ICMP errors: a call to a closed port fails when its
// INVITE is given up.
func watchSocket(conn *net.UDPConn, _ func(time.Time, time.Duration), _ func(netip.AddrPort, []byte)) datagrams {
	return conn
}
