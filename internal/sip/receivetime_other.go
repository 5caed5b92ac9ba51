//go:build !linux

package sip

import (
	"net"
	"time"
)

// timeArrivals cannot be had here: the way from the reader to the handler is
// still watched.
func timeArrivals(conn *net.UDPConn, _ func(time.Time, time.Duration)) net.PacketConn { return conn }
