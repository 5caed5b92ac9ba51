package server

import (
	"net"
	"net/netip"

	"github.com/switchhook/switchhook/internal/backbone"
)

// natsDoor checks the address of the door for NATS clients. It is not
// encrypted, and who comes in shows an access key: it never leaves the machine.
func (c *checker) natsDoor(text string) string {
	if text == "" || text == off {
		return ""
	}
	s := setting{name: c.file.where("events.nats"), value: text}
	address := c.door(s)
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

// natsDoor lets in whoever shows an access key of the resource; nil for nobody.
func (p *parts) natsDoor() *backbone.Door {
	if p.cfg.NATS == "" {
		return nil
	}
	return &backbone.Door{Address: p.cfg.NATS, Admit: p.resource.Keys.Holds}
}
