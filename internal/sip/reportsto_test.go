package sip

import (
	"net/netip"
	"testing"

	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestReportsGoToThePeerAlone asks which addresses of a=rtcp (RFC 3605) are taken.
func TestReportsGoToThePeerAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, trunk.Trunk{Name: "carrier", Host: "192.0.2.50"})
	l := r.newLeg(origin{})
	for _, test := range []struct {
		name, rtcp string
		taken      bool
	}{
		{"the host of the sound", "198.51.100.1:53020", true},
		{"the host that signals", "203.0.113.1:53020", true},
		{"a trunk's host", "192.0.2.50:53020", true},
		{"a third host", "203.0.113.9:53020", false},
		{"this machine", "127.0.0.1:22", false},
	} {
		m := sdp.Media{Remote: netip.MustParseAddrPort("198.51.100.1:49170"), Host: netip.MustParseAddr("203.0.113.1"), RemoteRTCP: netip.MustParseAddrPort(test.rtcp)}
		if got := l.reportsTo(m); (got == m.RemoteRTCP) != test.taken || !test.taken && got.IsValid() {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
