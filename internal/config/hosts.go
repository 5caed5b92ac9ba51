package config

import (
	"net"
	"net/netip"

	"github.com/switchhook/switchhook/internal/listen"
)

// CertificateNames are the public hosts, and the hosts of the TLS doors.
func (c Config) CertificateNames() []string {
	names := append([]string(nil), c.PublicHosts...)
	for _, door := range []string{c.HTTPS, c.SIPS} {
		if host := doorHost(door); host != "" {
			names = append(names, host)
		}
	}
	return names
}

// doorHost is the host of a door that listens on one address; "" for a closed
// door and for a wildcard.
func doorHost(door string) string {
	host, _, err := net.SplitHostPort(door)
	if err != nil {
		return ""
	}
	return listen.Reachable(host, "")
}

// OpenToOthers reports whether a listener of the APIs can be reached from other
// machines.
func (c Config) OpenToOthers() bool {
	for _, listener := range []string{c.HTTPS, c.HTTP} {
		host, _, err := net.SplitHostPort(listener)
		address, notAddress := netip.ParseAddr(host)
		if err == nil && host != "localhost" && (notAddress != nil || !address.IsLoopback()) {
			return true
		}
	}
	return false
}
