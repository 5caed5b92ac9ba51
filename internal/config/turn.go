package config

import (
	"net"
	"net/netip"

	"github.com/switchhook/switchhook/internal/certificate"
)

// TURN is the relay for browsers that do not reach WebRTC; without Listen and Secure there
// is none.
type TURN struct {
	Listen, Secure string // listeners: UDP and TCP; TLS
	Host           string // that browsers are told; "": that of the listeners

	Allocations, PerUser int
	Bandwidth            int // Mbit/s
}

// turn checks the relay of browsers' media.
func (c *checker) turn(publicHosts []string) TURN {
	return TURN{
		Listen: c.address(c.pick("turn.listen", "")), Secure: c.address(c.pick("turn.tls", "")), Host: c.turnHost(publicHosts),
		Allocations: c.count("turn.allocations"), PerUser: c.count("turn.per-user"), Bandwidth: c.count("turn.bandwidth"),
	}
}

// turnHost is what browsers are told: as configured, else the first public host.
func (c *checker) turnHost(publicHosts []string) string {
	host := c.file.keys.TURN.Host
	if host == "" {
		if len(publicHosts) > 0 {
			return publicHosts[0]
		}
		return ""
	}
	if _, err := netip.ParseAddr(host); err != nil && !certificate.ValidName(host) {
		c.fail(c.at("turn.host"), "is %q; it must be a host name or an IP address, such as calls.example.com", host)
	}
	return host
}

// turnTogether checks what the relay asks of other settings.
func (c *checker) turnTogether(cfg Config) {
	for path, listener := range map[string]string{"turn.listen": cfg.TURN.Listen, "turn.tls": cfg.TURN.Secure} {
		host, _, err := net.SplitHostPort(listener)
		if err != nil { // off
			continue
		}
		if cfg.WebRTC == "" {
			c.fail(c.at(path), "is on, but webrtc is off; there is nothing to relay to")
		}
		address, err := netip.ParseAddr(host)
		if cfg.TURN.Host == "" && (host == "" || err == nil && address.IsUnspecified()) {
			c.fail(c.at(path), "listens on all addresses; turn.host or public-host must say which one browsers are told")
		}
	}
}
