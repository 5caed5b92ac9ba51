package sip

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

// icmpSocketOn is a socket as the server has it.
func icmpSocketOn(t *testing.T, address string) (*icmpSocket, netip.AddrPort) {
	t.Helper()
	_, conn, at := rawUDPOn(t, address)
	s := openICMP(conn, func(netip.AddrPort, []byte) {})
	if s == nil {
		t.Fatal("the kernel tells no ICMP errors")
	}
	return s, at
}

// received reads so many datagrams.
func received(t *testing.T, conn *net.UDPConn, count int) (list []string) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(patience))
	data := make([]byte, 64)
	for range count {
		n, err := conn.Read(data)
		if err != nil {
			t.Fatalf("after %d of %d: %v", len(list), count, err)
		}
		list = append(list, string(data[:n]))
	}
	return list
}

func TestDatagramsAreSentTogether(t *testing.T) {
	closed := func() netip.AddrPort { // a port where nobody listens
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.LocalAddr().(*net.UDPAddr).AddrPort()
	}()
	for _, c := range []struct {
		name, from string
		count      int
		other      netip.AddrPort // where every third goes
	}{
		{"one", "127.0.0.1:0", 1, netip.AddrPort{}},
		{"as many as wait at most", "127.0.0.1:0", mostTogether, netip.AddrPort{}},
		{"more", "127.0.0.1:0", 3*mostTogether + 5, netip.AddrPort{}},
		{"through a socket of both families", "[::]:0", mostTogether + 1, netip.AddrPort{}},
		{"beside some to nobody", "127.0.0.1:0", 3*mostTogether + 5, closed},
		{"beside some of another family", "127.0.0.1:0", mostTogether + 1, netip.MustParseAddrPort("[2001:db8::1]:5060")},
		{"beside some that the kernel refuses", "127.0.0.1:0", mostTogether + 1, netip.MustParseAddrPort("255.255.255.255:5060")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sender, _ := icmpSocketOn(t, c.from)
			_, receiver, to := rawUDPOn(t, "127.0.0.1:0")
			var want []string
			for n := range c.count {
				if c.other.IsValid() && n%3 == 0 {
					sender.SendLater([]byte("elsewhere"), c.other)
				}
				want = append(want, fmt.Sprint("datagram ", n))
				sender.SendLater([]byte(want[n]), to)
			}
			done := make(chan struct{})
			go func() { // nothing is there to read
				defer close(done)
				sender.receive(make([]byte, 64), nil)
			}()
			if got := received(t, receiver, c.count); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("received %q", got)
			}
			sender.Close()
			<-done
		})
	}
}
