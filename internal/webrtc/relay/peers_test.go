package relay

import (
	"net"
	"net/netip"
	"testing"

	"github.com/switchhook/switchhook/internal/listen"
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

// TestAllocationsAreOfTheNetwork: Firefox takes none whose address is one of loopback or of a link.
func TestAllocationsAreOfTheNetwork(t *testing.T) {
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
}

// TestAllocationsReachMediaOnAllAddresses: from the address that the client is told, at the same one.
func TestAllocationsReachMediaOnAllAddresses(t *testing.T) {
	ours, err := listen.PacketsOfThisMachine(t.Context(), "udp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan net.Addr, 100)
	go echo(ours.(*net.UDPConn), seen)
	defer ours.Close()
	port := ours.LocalAddr().(*net.UDPAddr).Port
	s := open(t, func(c *Config) { c.Media = netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port)) })
	allocation, err := client(t, s, udp(t), user).Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer allocation.Close()
	told := allocation.LocalAddr().(*net.UDPAddr)
	peer := net.IPv4(127, 0, 0, 1)
	if other := outward(upAddresses(), true); other.IsValid() {
		peer = net.IP(other.AsSlice())
	}
	if !told.IP.Equal(peer) {
		t.Fatalf("the client is told %v, want %v", told, peer)
	}
	if err := echoes(t, allocation, &net.UDPAddr{IP: peer, Port: port}); err != nil {
		t.Fatalf("to %v: %v", peer, err)
	}
	if from := <-seen; from.String() != told.String() {
		t.Errorf("it comes from %v; the client was told %v", from, told)
	}
}
