package doctor

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
)

// TestNATIsExplained asks what is said of a server on a private address behind a
// public one, and of its neighbours.
func TestNATIsExplained(t *testing.T) {
	peer, inside, outside := netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("203.0.113.9")
	for _, test := range []struct {
		name          string
		local, public netip.Addr
		state         string
		says          []string
	}{
		{"behind NAT", inside, netip.Addr{}, Note, []string{"trunk carrier at 198.51.100.7", "private address 10.0.0.5", "sip-public-address", "UDP and TCP port 5060", "UDP ports 20000 to 29999", "symmetric RTP"}},
		{"behind a carrier's NAT", netip.MustParseAddr("100.64.1.2"), netip.Addr{}, Note, []string{"private address 100.64.1.2"}},
		{"behind NAT, and it is said so", inside, outside, OK, []string{"told 203.0.113.9", "forward UDP and TCP port 5060", "to 10.0.0.5"}},
		{"not behind NAT", outside, netip.Addr{}, OK, []string{"told the address 203.0.113.9"}},
		{"another public address", outside, netip.MustParseAddr("203.0.113.10"), Note, []string{"told 203.0.113.10", "has the public address 203.0.113.9"}},
		{"on loopback", netip.MustParseAddr("127.0.0.1"), netip.Addr{}, Note, []string{"does not reach", "--sip"}},
	} {
		got := behindNAT{"carrier", peer, test.local, test.public, "0.0.0.0:5060", config.PortRange{Low: 20000, High: 29999}}.finding()
		for _, text := range test.says {
			if got.State != test.state || !strings.Contains(got.String(), text) {
				t.Errorf("%s: the doctor does not say %q:\n%s", test.name, text, got)
			}
		}
	}
}
