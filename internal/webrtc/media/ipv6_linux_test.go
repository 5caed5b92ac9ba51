package media

import (
	"testing"

	"github.com/pion/webrtc/v4"
)

// TestClientsConnectByTCPOverIPv6: in a network namespace, since ICE has no candidates of
// TCP on [::1].
func TestClientsConnectByTCPOverIPv6(t *testing.T) {
	if inNetwork(t, linked) {
		connectByTCP(t, "[fd00::1]:0", webrtc.NetworkTypeTCP6)
	}
}
