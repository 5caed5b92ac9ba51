package listen

import (
	"context"
	"net"
	"syscall"
	"testing"
)

// TestPortIsNotOpenWithoutFilter: where sockets cannot be kept to this machine.
func TestPortIsNotOpenWithoutFilter(t *testing.T) {
	none := net.ListenConfig{Control: func(string, string, syscall.RawConn) error { return errNoFilter }}
	udp, tcp, err := thisMachine(context.Background(), none, "--webrtc", "0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	defer tcp.Close()
	if at := udp.LocalAddr().(*net.UDPAddr); !at.IP.IsLoopback() || at.String() != tcp.Addr().String() {
		t.Errorf("the sockets are on %s and %s", at, tcp.Addr())
	}
}

// TestPortOfThisMachineIsOnAllItsAddresses: one for both protocols, where the system has the filter.
func TestPortOfThisMachineIsOnAllItsAddresses(t *testing.T) {
	udp, tcp, err := ThisMachine(context.Background(), "--webrtc", "0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	defer tcp.Close()
	if at, filter := udp.LocalAddr().(*net.UDPAddr).IP, OnlyThisMachine(context.Background()); at.IsUnspecified() != (filter == nil) {
		t.Errorf("the socket is on %v, and about the filter is said: %v", at, filter)
	}
	_, port, _ := net.SplitHostPort(udp.LocalAddr().String())
	if portOf(tcp) != port {
		t.Errorf("the ports are %s and %s", port, portOf(tcp))
	}
	conn, err := net.Dial("udp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("ours")); err != nil {
		t.Fatal(err)
	}
	if n, _, err := udp.ReadFrom(make([]byte, 10)); n != 4 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
}
