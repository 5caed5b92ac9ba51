package sip

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
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
			sender.responses.noteRead()
			var want []string
			for n := range c.count {
				if c.other.IsValid() && n%3 == 0 {
					sender.WriteToUDPAddrPort([]byte("SIP/2.0 elsewhere"), c.other)
				}
				want = append(want, fmt.Sprint("SIP/2.0 ", n))
				if _, err := sender.WriteToUDPAddrPort([]byte(want[n]), to); err != nil {
					t.Error(err)
				}
			}
			if waits := sender.responses.count; waits == 0 && c.count%mostTogether != 0 {
				t.Error("nothing waits")
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

// TestRequestsDoNotWait, and overtake no response; nor does a response wait while there is nothing to read.
func TestRequestsDoNotWait(t *testing.T) {
	sender, at := icmpSocketOn(t, "127.0.0.1:0")
	_, receiver, to := rawUDPOn(t, "127.0.0.1:0")
	sender.responses.noteRead()
	long := "SIP/2.0 " + strings.Repeat("x", longestTogether)
	want := []string{"SIP/2.0 200", "BYE", "SIP/2.0 202", long[:64], "SIP/2.0 486"}
	for _, data := range []string{want[0], want[1], want[2], long} {
		sender.WriteToUDPAddrPort([]byte(data), to)
	}
	if got := received(t, receiver, 4); fmt.Sprint(got) != fmt.Sprint(want[:4]) {
		t.Errorf("received %q", got)
	}
	receiver.WriteToUDPAddrPort([]byte("x"), at) // something to read, then nothing
	sender.receive(make([]byte, 64), nil)
	sender.SetReadDeadline(time.Now())
	if _, _, _, err := sender.receive(make([]byte, 64), nil); err == nil {
		t.Fatal("there is more to read")
	}
	sender.WriteToUDPAddrPort([]byte(want[4]), to)
	if got := received(t, receiver, 1); got[0] != want[4] {
		t.Errorf("received %q", got)
	}
}

// TestResponseDoesNotWaitForAFlood has more to read than anybody waits for, of which one datagram alone is answered.
func TestResponseDoesNotWaitForAFlood(t *testing.T) {
	sender, at := icmpSocketOn(t, "127.0.0.1:0")
	_, receiver, to := rawUDPOn(t, "127.0.0.1:0")
	for range mostRead + 2 {
		receiver.WriteToUDPAddrPort([]byte("x"), at)
	}
	data := make([]byte, 64)
	sender.receive(data, nil)
	sender.WriteToUDPAddrPort([]byte("SIP/2.0 200"), to)
	for range mostRead {
		sender.receive(data, nil)
	}
	if got := received(t, receiver, 1); got[0] != "SIP/2.0 200" {
		t.Errorf("received %q", got)
	}
}

func TestClosingSocketSendsWhatWaits(t *testing.T) {
	sender, _ := icmpSocketOn(t, "127.0.0.1:0")
	_, receiver, to := rawUDPOn(t, "127.0.0.1:0")
	sender.responses.noteRead()
	sender.WriteToUDPAddrPort([]byte("SIP/2.0 503"), to)
	sender.Close()
	if got := received(t, receiver, 1); got[0] != "SIP/2.0 503" {
		t.Errorf("received %q", got)
	}
}
