package doctor

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
)

func TestFirefoxOnThisMachineIsLookedAfter(t *testing.T) {
	of := func(addresses ...string) (own []net.Addr) {
		for _, one := range addresses {
			own = append(own, &net.IPNet{IP: net.ParseIP(one)})
		}
		return own
	}
	for _, test := range []struct {
		name          string
		filter        error
		own           []net.Addr
		state, remedy string
	}{
		{"a machine in a network", nil, of("127.0.0.1", "::1", "192.0.2.7"), OK, ""},
		{"in one of IPv6", nil, of("127.0.0.1", "::1", "fd00::7"), OK, ""},
		{"a system without filters", errors.New("no filter"), of("127.0.0.1", "192.0.2.7"), Note, "set --webrtc"},
		{"a machine without a network", nil, of("127.0.0.1", "::1", "fe80::7"), Note, "connect the machine"},
	} {
		got := mediaOfThisMachine("localhost:0", test.filter, test.own)
		if got.State != test.state || !strings.Contains(got.Remedy, test.remedy) || (got.Remedy == "") != (test.remedy == "") {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	for listener, want := range map[string]int{"localhost:0": 1, "0.0.0.0:3478": 0, "127.0.0.1:0": 0, "": 0} {
		if got := Browsers(context.Background(), config.Config{WebRTC: listener}); len(got) != want {
			t.Errorf("of webrtc %q is said: %v", listener, got)
		}
	}
}
