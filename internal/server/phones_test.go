package server

import (
	"net"
	"net/netip"
	"testing"
)

// TestSoundIsReceivedWhereSIPListens: with a port alone SIP is heard on IPv6 too, and calls that come there
// have sound.
func TestSoundIsReceivedWhereSIPListens(t *testing.T) {
	listener, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	all := listener.Addr().(*net.TCPAddr).AddrPort().Addr()
	for text, want := range map[string]netip.Addr{
		":5060": all, "[::]:5060": netip.IPv6Unspecified(), "0.0.0.0:5060": netip.IPv4Unspecified(), "localhost:5060": netip.MustParseAddr("127.0.0.1"), "192.0.2.1:5060": netip.MustParseAddr("192.0.2.1"),
	} {
		if got, err := bindAddress(text); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
}
