package source

import (
	"net/netip"
	"testing"
)

func TestNetworksOfOneOwnerAreOneSource(t *testing.T) {
	for address, want := range map[string][2]string{
		"192.0.2.7":               {"192.0.2.7", "192.0.2.7"},
		"::ffff:192.0.2.7":        {"192.0.2.7", "192.0.2.7"},
		"2001:db8:1:2:3:4:5:6":    {"2001:db8:1:2::", "2001:db8:1::"},
		"2001:db8:1:ffff:3::1":    {"2001:db8:1:ffff::", "2001:db8:1::"},
		"fe80::1%eth0":            {"fe80::", "fe80::"},
		"::1":                     {"::", "::"},
		"2001:db8:1:2:3:4:5:6%e0": {"2001:db8:1:2::", "2001:db8:1::"},
	} {
		at := netip.MustParseAddr(address)
		if got := [2]string{Subnet(at).String(), Site(at).String()}; got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
