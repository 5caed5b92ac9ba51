package outbound

import (
	"net/netip"
	"strings"
	"testing"
)

func TestAddressesThatLeadInward(t *testing.T) {
	r := Rule{RefusePrivate: true, Allow: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}}
	for address, want := range map[string]string{
		"8.8.8.8": "", "2600::1": "", "64:ff9b::808:808": "",
		"127.0.0.1": "loopback", "127.1.2.3": "loopback", "::1": "loopback", "::ffff:127.0.0.1": "loopback", "64:ff9b::7f00:1": "loopback",
		"10.0.0.1": "private", "172.31.255.255": "private", "192.168.1.1": "private", "::ffff:192.168.1.1": "private", "64:ff9b::a00:1": "private",
		"fd12::1": "private", "fec0::1": "private", "172.32.0.1": "",
		"169.254.169.254": "link-local", "::ffff:a9fe:a9fe": "link-local", "fe80::1": "link-local", "fe80::1%eth0": "link-local",
		"100.64.0.1": "provider", "0.0.0.0": "this host", "0.1.2.3": "this host", "::": "this host",
		"192.0.2.1": "reserved", "198.18.0.1": "reserved", "255.255.255.255": "reserved", "2001:db8::1": "reserved", "2001::1": "reserved",
		"224.0.0.1": "multicast", "ff02::1": "multicast",
		"::7f00:1": "embedded", "2002:7f00:1::": "embedded", "::ffff:0:7f00:1": "embedded",
		"10.20.3.4": "", "::ffff:10.20.3.4": "", "10.21.0.1": "private", "fd00:1::5": "", "64:ff9b::a14:304": "",
	} {
		err := r.check(netip.MustParseAddr(address))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "outbound.allow")) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}

func TestWithoutARuleEverythingIsReached(t *testing.T) {
	if (Rule{}).Check() != nil || (Rule{}).CheckPort() != nil {
		t.Error("addresses are checked, and proxies not used")
	}
}
