package config

import (
	"net"
	"net/netip"
)

// natsAddress checks the address of the door for NATS clients. It is not
// encrypted, and who comes in shows an access key: it never leaves the machine.
func (c *checker) natsAddress(text string) string {
	if text == "" || text == Off {
		return ""
	}
	s := setting{name: c.file.where("events.nats"), value: text}
	address := c.address(s)
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "" // door has said why
	}
	ip, err := netip.ParseAddr(host)
	if host == "localhost" {
		return address
	}
	if err != nil || !ip.IsLoopback() {
		c.fail(s, "is %q; it must be an address of this machine alone, such as 127.0.0.1:4222: others reach it through a tunnel", text)
		return ""
	}
	return address
}

// profileAddress checks the address of the profiles.
func (c *checker) profileAddress(s setting) string {
	if s.value == "" {
		return ""
	}
	address := c.address(s)
	host, _, _ := net.SplitHostPort(address)
	if ip, err := netip.ParseAddr(host); address != "" && host != "localhost" && (err != nil || !ip.IsLoopback()) {
		c.fail(s, "is %q; profiles are for this machine alone: use 127.0.0.1:6060", s.value)
	}
	return address
}
