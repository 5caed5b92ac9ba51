package relay

import (
	"net"
	"net/netip"
	"testing"
)

// TestOnlyOurMediaAreAPeer, in either form of an IPv4 address, as pion gives both.
func TestOnlyOurMediaAreAPeer(t *testing.T) {
	loopback := netip.MustParseAddr("127.0.0.1")
	for _, test := range []struct {
		name          string
		media, public netip.Addr
		peer          net.IP
		want          bool
	}{
		{"our media", loopback, netip.Addr{}, net.IPv4(127, 0, 0, 1).To4(), true},
		{"our media, in 16 bytes", loopback, netip.Addr{}, net.IPv4(127, 0, 0, 1).To16(), true},
		{"somebody else", loopback, netip.Addr{}, net.IPv4(10, 0, 0, 1), false},
		{"the public address", loopback, netip.MustParseAddr("203.0.113.9"), net.IPv4(203, 0, 113, 9).To16(), true},
		{"our media, which are known by the public address", loopback, netip.MustParseAddr("203.0.113.9"), net.IPv4(127, 0, 0, 1), false},
		{"an address of this machine", netip.IPv4Unspecified(), netip.Addr{}, net.IPv4(127, 0, 0, 1).To16(), true},
		{"an address of no machine", netip.IPv4Unspecified(), netip.Addr{}, net.IPv4(203, 0, 113, 9), false},
		{"no address", loopback, netip.Addr{}, net.IP{1, 2, 3}, false},
	} {
		s := &Server{cfg: Config{Media: netip.AddrPortFrom(test.media, 5000), Public: test.public}}
		if got := s.permits(nil, test.peer); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
