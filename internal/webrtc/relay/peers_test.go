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

// TestAllocationsAreToldAsAddressesOfTheNetwork: Firefox takes no allocation whose address is
// a loopback one, wherever our media are.
func TestAllocationsAreToldAsAddressesOfTheNetwork(t *testing.T) {
	of := func(addresses ...string) (list []net.Addr) {
		for _, one := range addresses {
			list = append(list, &net.IPNet{IP: net.ParseIP(one)})
		}
		return list
	}
	for _, test := range []struct {
		name string
		own  []net.Addr
		is4  bool
		want string
	}{
		{"an address of the network", of("127.0.0.1", "::1", "192.0.2.7", "192.0.2.8", "2001:db8::7"), true, "192.0.2.7"},
		{"of the other family", of("127.0.0.1", "::1", "192.0.2.7", "fe80::1", "2001:db8::7"), false, "2001:db8::7"},
		{"none of a link", of("127.0.0.1", "169.254.3.4"), true, ""},
		{"none of a link, in IPv6", of("::1", "fe80::1"), false, ""},
		{"none of the family", of("127.0.0.1", "2001:db8::7"), true, ""},
		{"none", nil, true, ""},
	} {
		var want netip.Addr
		if test.want != "" {
			want = netip.MustParseAddr(test.want)
		}
		if got := outward(test.own, test.is4); got != want {
			t.Errorf("%s: %v, want %v", test.name, got, want)
		}
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []netip.Addr{netip.IPv4Unspecified(), netip.MustParseAddr("127.0.0.1"), netip.IPv6Unspecified(), netip.IPv6Loopback()} {
		s := &Server{cfg: Config{Media: netip.AddrPortFrom(host, 5000)}}
		if got := s.shown(host); got.IsUnspecified() || got.IsLoopback() && outward(own, host.Is4()).IsValid() || got.Is4() != host.Is4() {
			t.Errorf("the allocation of %v is told as %v", host, got)
		}
	}
}
