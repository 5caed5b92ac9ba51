package media

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

// TestClientsConnectByIPv6: to an engine on an IPv6 address.
func TestClientsConnectByIPv6(t *testing.T) {
	probe, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	probe.Close()
	e, err := Open(context.Background(), Config{Listen: "[::1]:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	var settings webrtc.SettingEngine
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP6})
	pc := browser(t, settings, formats()...)
	defer pc.Close()
	connect(t, p, pc)
	await(t, states, Connected)
	if sdp := pc.RemoteDescription().SDP; !strings.Contains(sdp, " ::1 ") {
		t.Errorf("the answer has no candidate of IPv6:\n%s", sdp)
	}
}
