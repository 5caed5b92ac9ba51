package sip

import (
	"net/netip"
	"testing"
)

// TestPublicAddressIsForPeersOutside: whoever is in the same network reaches us there.
func TestPublicAddressIsForPeersOutside(t *testing.T) {
	s := &Server{cfg: Config{Public: netip.MustParseAddr("203.0.113.10")}}
	bound := netip.MustParseAddr("192.168.1.5")
	for peer, want := range map[string]string{"198.51.100.7": "203.0.113.10", "192.168.1.9": "192.168.1.5", "127.0.0.1": "192.168.1.5", "100.64.3.4": "192.168.1.5"} {
		if got := s.reachableAddress(bound, netip.MustParseAddr(peer)); got.String() != want {
			t.Errorf("%s is told %s, want %s", peer, got, want)
		}
	}
}
