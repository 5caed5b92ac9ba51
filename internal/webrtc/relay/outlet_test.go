package relay

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/turn/v5"
)

// TestStrangersTakeNoBandwidth: what they send to the port of an allocation is dropped before
// it is counted, also from the port number of our media.
func TestStrangersTakeNoBandwidth(t *testing.T) {
	stranger, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		t.Skipf("this system has no second loopback address: %v", err)
	}
	defer stranger.Close()
	port := stranger.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	ours, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)})
	if err != nil {
		t.Skipf("the port is taken at the first loopback address: %v", err)
	}
	defer ours.Close()
	s := open(t, func(c *Config) { c.Media = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port) })
	made, _, err := s.AllocatePacketConn(turn.AllocateListenerConfig{UserID: user, Network: "udp4"})
	if err != nil {
		t.Fatal(err)
	}
	o := made.(*outlet)
	defer o.Close()
	at := o.LocalAddr().(*net.UDPAddr)
	send := func(from *net.UDPConn, text string) {
		t.Helper()
		if _, err := from.WriteToUDP([]byte(text), at); err != nil {
			t.Fatal(err)
		}
	}
	hear := func() string {
		t.Helper()
		_ = o.SetReadDeadline(time.Now().Add(10 * time.Second))
		b := make([]byte, 100)
		n, from, err := o.ReadFrom(b)
		if err != nil {
			t.Fatal(err)
		}
		if from.String() != ours.LocalAddr().String() {
			t.Errorf("%q came from %v", b[:n], from)
		}
		return string(b[:n])
	}
	if _, err := o.WriteTo([]byte("hello"), ours.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	send(stranger, "a stranger's")
	send(ours, "ours")
	if got := hear(); got != "ours" {
		t.Errorf("heard %q", got)
	}
}
