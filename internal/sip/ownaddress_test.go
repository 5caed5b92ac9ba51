package sip

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
)

// TestPrivateAddressForAPeerOnTheInternetIsLoggedOnce: it is why there is no sound.
func TestPrivateAddressForAPeerOnTheInternetIsLoggedOnce(t *testing.T) {
	for name, test := range map[string]struct {
		public, bound, peer string
		warnings            int
	}{
		"private, to the Internet":                    {"", "10.0.0.5", "203.0.113.7", 1},
		"private, to our network":                     {"", "10.0.0.5", "192.168.1.7", 0},
		"public, to the Internet":                     {"", "198.51.100.1", "203.0.113.7", 0},
		"private behind a known one, to the Internet": {"198.51.100.1", "10.0.0.5", "203.0.113.7", 0},
	} {
		var log strings.Builder
		s := &Server{log: slog.New(slog.NewTextHandler(&log, nil)), locals: newLocals()}
		if test.public != "" {
			s.cfg.Public = netip.MustParseAddr(test.public)
		}
		for range 3 {
			s.soundAddress(netip.MustParseAddr(test.bound), netip.MustParseAddr(test.peer))
		}
		if got := strings.Count(log.String(), "private address for the sound"); got != test.warnings {
			t.Errorf("%s: %d warnings: %s", name, got, log.String())
		}
	}
}
