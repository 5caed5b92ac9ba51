package sip

import (
	"net"
	"testing"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestIdleConnectionsOfStrangersLockNobodyOut asks that a phone registers while one
// address has as many idle connections open as it can get.
func TestIdleConnectionsOfStrangersLockNobodyOut(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	o := newPhoneRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server })
	as, _ := o.user(t, "101", "")
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	for transport, address := range map[string]net.Addr{"tcp": o.Addr(), "tls": o.TLSAddr()} {
		for range 300 {
			conn, err := from.Dial("tcp", address.String())
			if err != nil {
				t.Skip("127.0.0.2 is no address of this machine:", err)
			}
			t.Cleanup(func() { conn.Close() })
		}
		o.registered(t, as, func(c *siptest.Config) {
			c.Transport, c.TLS, c.Server = transport, client, address.String()
		})
	}
	if _, unknown := o.gate.Connections.Count(); unknown > 2*16 {
		t.Errorf("one address has %d connections", unknown)
	}
}
