package config

import (
	"net"
	"net/netip"
	"slices"

	"github.com/switchhook/switchhook/internal/listen"
)

// CertificateNames are the public hosts, and the hosts of the TLS listeners.
func (c Config) CertificateNames() []string {
	names := append([]string(nil), c.PublicHosts...)
	for _, listener := range []string{c.HTTPS, c.SIPS, c.TURN.Secure} {
		if host := hostOf(listener); host != "" {
			names = append(names, host)
		}
	}
	if c.TURN.Secure != "" && c.TURN.Host != "" && !slices.Contains(names, c.TURN.Host) {
		names = append(names, c.TURN.Host)
	}
	return names
}

// hostOf is the host of a listener on one address; "" if it is off and for a
// wildcard.
func hostOf(listener string) string {
	host, _, err := net.SplitHostPort(listener)
	if err != nil {
		return ""
	}
	return listen.Reachable(host, "")
}

// Local reports whether nobody but this machine reaches the server: no proxy and no
// public name is configured, and all listeners of the APIs are on loopback.
func (c Config) Local() bool {
	return len(c.PublicHosts) == 0 && len(c.TrustedProxies) == 0 && !c.OpenToOthers()
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
