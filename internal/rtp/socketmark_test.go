//go:build linux && !portable

package rtp

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPacketsAreMarkedExpedited from the first one, over either family.
func TestPacketsAreMarkedExpedited(t *testing.T) {
	for _, at := range []struct {
		local         netip.AddrPort
		level, option int
	}{
		{netip.MustParseAddrPort("127.0.0.1:22368"), unix.IPPROTO_IP, unix.IP_TOS},
		{netip.MustParseAddrPort("[::1]:22368"), unix.IPPROTO_IPV6, unix.IPV6_TCLASS},
	} {
		s, _, err := listen(at.local)
		if err != nil {
			if at.local.Addr().Is6() {
				t.Logf("no IPv6 here: %v", err)
				continue
			}
			t.Fatal(err)
		}
		defer s.close()
		if err := s.send([]byte("x"), at.local); err != nil {
			t.Fatal(err)
		}
		if class, err := unix.GetsockoptInt(s.fd, at.level, at.option); err != nil || class != 46<<2 {
			t.Errorf("%s: class %d, %v", at.local, class, err)
		}
		if stamped, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS); err != nil || stamped != 1 {
			t.Errorf("%s: times %d, %v", at.local, stamped, err)
		}
		in := newBatch()
		if n := s.receive(in); n != 1 || in.from[0] != at.local || in.at[0] == 0 {
			t.Errorf("%s: %d packets, from %v", at.local, n, in.from[0])
		}
	}
}
