package config

import (
	"net"
	"net/netip"
)

// loopback checks the address of a listener that must not be reachable from other
// machines: that of profiles, which show what the memory holds, and that of NATS,
// which is not encrypted.
func (c *checker) loopback(s setting) string {
	if s.value == "" {
		return ""
	}
	address := c.address(s)
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "localhost" {
		return address // off, or refused already
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		c.fail(s, "is %q; it must be a loopback address, such as 127.0.0.1:%s; other machines need a tunnel", s.value, port)
		return ""
	}
	return address
}
