package server

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/rtp"
)

// TestServerWithoutRTPPortsIsNotReady: a load balancer, the doctor and the alert SwitchhookNotReady hear of it.
func TestServerWithoutRTPPortsIsNotReady(t *testing.T) {
	p := serving(t, config.Flags{RTPPorts: freePair(t)})
	if err := p.ready(); err != nil {
		t.Fatalf("with a free pair: %v", err)
	}
	session, err := p.ports.Open(rtp.Holder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ready(); err == nil || !strings.Contains(err.Error(), "rtp-ports") {
		t.Errorf("without one: %v", err)
	}
	if why := p.overview(t.Context()).NotReady; !strings.Contains(why, "rtp-ports") {
		t.Errorf("the doctor says %q", why)
	}
	_ = session.Close()
	if err := p.ready(); err != nil {
		t.Errorf("when it is free again: %v", err)
	}
}

// freePair is a range of two ports that nobody has.
func freePair(t *testing.T) string {
	t.Helper()
	for range 100 {
		even, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := even.LocalAddr().(*net.UDPAddr).Port
		odd, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port+1))
		_ = even.Close()
		if err != nil {
			continue
		}
		if _ = odd.Close(); port%2 == 0 {
			return fmt.Sprintf("%d-%d", port, port+1)
		}
	}
	t.Fatal("no two ports are free")
	return ""
}
