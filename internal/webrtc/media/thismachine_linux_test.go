package media

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

// TestBrowsersWithoutLoopbackConnect: as Firefox, which has no loopback candidates and sends
// nothing to ours, on a machine with another address, over each transport and family.
func TestBrowsersWithoutLoopbackConnect(t *testing.T) {
	if !inNetwork(t, linked) {
		return
	}
	e := openFor(t, "localhost:0")
	for _, network := range []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6} {
		settings := settingsOf(network)
		other := func(ip net.IP) bool { return !ip.IsLoopback() }
		settings.SetIPFilter(other)
		settings.SetRemoteIPFilter(other)
		connects(t, e, settings)
	}
}

// TestLoopbackIsEnough: on a machine that has no other address.
func TestLoopbackIsEnough(t *testing.T) {
	if inNetwork(t, alone) {
		e := openFor(t, "localhost:0")
		connects(t, e, settingsOf(webrtc.NetworkTypeUDP4))
		if told := e.Told(); !told.Addr().IsLoopback() || told.Port() != e.Addr().Port() {
			t.Errorf("operators are told %s", told)
		}
	}
}

// TestClientsAreToldTheAddressesOfNow: a machine that has changed its network since the start.
func TestClientsAreToldTheAddressesOfNow(t *testing.T) {
	if !inNetwork(t, linked) {
		return
	}
	for _, listen := range []string{"localhost:0", "0.0.0.0:0"} {
		e := openFor(t, listen)
		for _, change := range []struct{ from, to string }{{"10.9.0.1", "10.9.7.7"}, {"10.9.7.7", "10.9.0.1"}} {
			for _, arguments := range [][]string{{"add", change.to}, {"del", change.from}} {
				if out, err := exec.Command("ip", "addr", arguments[0], arguments[1]+"/24", "dev", "here0").CombinedOutput(); err != nil {
					t.Fatalf("%v %s", err, out)
				}
			}
			answer := connects(t, e, settingsOf(webrtc.NetworkTypeUDP4))
			for _, protocol := range []string{" udp ", " tcp "} {
				if !hasCandidate(answer, protocol, change.to) || hasCandidate(answer, protocol, change.from) {
					t.Errorf("%s: after the change to %s the answer is\n%s", listen, change.to, answer)
				}
			}
		}
	}
}

func hasCandidate(answer, protocol, address string) bool {
	for line := range strings.Lines(answer) {
		if strings.HasPrefix(line, "a=candidate:") && strings.Contains(line, protocol) && strings.Contains(line, " "+address+" ") {
			return true
		}
	}
	return false
}

// TestPublicAddressIsNotThatOfThisMachineAlone: nobody reaches these sockets by it.
func TestPublicAddressIsNotThatOfThisMachineAlone(t *testing.T) {
	if !inNetwork(t, linked) {
		return
	}
	e, err := Open(context.Background(), Config{Listen: "localhost:0", Public: netip.MustParseAddr("192.0.2.1"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	connects(t, e, settingsOf(webrtc.NetworkTypeUDP4))
}

func openFor(t *testing.T, listen string) *Engine {
	t.Helper()
	e, err := Open(context.Background(), Config{Listen: listen, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func settingsOf(network webrtc.NetworkType) (settings webrtc.SettingEngine) {
	settings.SetNetworkTypes([]webrtc.NetworkType{network})
	return settings
}

// connects connects a client, and returns what it was answered.
func connects(t *testing.T, e *Engine, settings webrtc.SettingEngine) (answer string) {
	t.Helper()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc := browser(t, settings, formats()...)
	defer pc.Close()
	connect(t, p, pc)
	await(t, states, Connected)
	return pc.RemoteDescription().SDP
}
