package media

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"
)

// TestAddressesOfAClientAreBounded: a client that checks its path from ever more
// addresses is answered at a few of them, and keeps the path that it has.
func TestAddressesOfAClientAreBounded(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc := browser(t, webrtc.SettingEngine{}, formats()...)
	defer pc.Close()
	connect(t, p, pc)
	await(t, states, Connected)

	check := newCheck(t, pc)
	sockets := make([]*net.UDPConn, 4*addressRate.Burst)
	for i := range sockets {
		socket, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), e.Addr().Port())))
		if err != nil {
			t.Fatal(err)
		}
		defer socket.Close()
		sockets[i] = socket
	}
	answers := func(socket *net.UDPConn, patience time.Duration) bool {
		if _, err := socket.Write(check); err != nil {
			t.Fatal(err)
		}
		_ = socket.SetReadDeadline(time.Now().Add(patience))
		_, err := socket.Read(make([]byte, 1500))
		return err == nil
	}
	if !answers(sockets[0], time.Minute) {
		t.Fatal("a check of a client from another address was not answered")
	}
	answered := 1
	for _, socket := range sockets[1:] {
		if answers(socket, 20*time.Millisecond) {
			answered++
		}
	}
	if most := addressRate.Burst + 2; answered > most { // a machine that is busy may give back one or two meanwhile
		t.Errorf("checks from %d addresses were answered, want %d at most", answered, most)
	}
	if !answers(sockets[0], time.Minute) {
		t.Error("the address that was answered first is answered no more")
	}
	if pair := p.now.Load().pair(); pair == nil {
		t.Error("the client has lost its path")
	}
}

// newCheck is a connectivity check (RFC 8445 §7.2.2) as the browser makes it.
func newCheck(t *testing.T, pc *webrtc.PeerConnection) []byte {
	t.Helper()
	attribute := func(d *webrtc.SessionDescription, name string) string {
		_, rest, _ := strings.Cut(d.SDP, "\r\na="+name+":")
		value, _, _ := strings.Cut(rest, "\r\n")
		return value
	}
	user := attribute(pc.RemoteDescription(), "ice-ufrag") + ":" + attribute(pc.LocalDescription(), "ice-ufrag")
	message, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(user),
		ice.AttrControlling(1), ice.PriorityAttr(1<<24), stun.NewShortTermIntegrity(attribute(pc.RemoteDescription(), "ice-pwd")), stun.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	return message.Raw
}
