package sip

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func rawUDPOn(t *testing.T, address string) (*rawUDP, *net.UDPConn, netip.AddrPort) {
	t.Helper()
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	return newRawUDP(raw), conn, conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestRawDatagramsReachEachFamily(t *testing.T) {
	for _, c := range []struct{ name, from, to, dial, seen string }{
		{"IPv4", "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"IPv6", "[::1]:0", "[::1]:0", "::1", "::1"},
		{"IPv4 through a socket of both", "[::]:0", "[::]:0", "127.0.0.1", "127.0.0.1"},
		{"IPv4 written as IPv6", "127.0.0.1:0", "127.0.0.1:0", "::ffff:127.0.0.1", "127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sender, _, from := rawUDPOn(t, c.from)
			receiver, _, to := rawUDPOn(t, c.to)
			sent := make(chan error, 1)
			go func() {
				time.Sleep(10 * time.Millisecond) // so that the reader waits in the poller
				sent <- sender.send([]byte("OPTIONS"), netip.AddrPortFrom(netip.MustParseAddr(c.dial), to.Port()))
			}()
			var data [4]byte
			n, _, at, err := receiver.receive(data[:], nil)
			if err != nil || string(data[:n]) != "OPTI" || at != netip.AddrPortFrom(netip.MustParseAddr(c.seen), from.Port()) {
				t.Errorf("received %q from %v, %v", data[:n], at, err)
			}
			if err := <-sent; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestZonesAreNumbersOrNames(t *testing.T) {
	t.Parallel()
	interfaces, err := net.Interfaces()
	if err != nil || len(interfaces) == 0 {
		t.Fatalf("%d interfaces, %v", len(interfaces), err)
	}
	of := interfaces[0]
	for zone, want := range map[string]int{"": 0, "7": 7, of.Name: of.Index, "no such interface": 0} {
		if got := scopeOf(zone); got != uint32(want) {
			t.Errorf("zone %q is interface %d, want %d", zone, got, want)
		}
	}
}

func TestRawDatagramsFailWithTheirReason(t *testing.T) {
	t.Parallel()
	u, conn, local := rawUDPOn(t, "127.0.0.1:0")
	if err := u.send([]byte(strings.Repeat("x", 1<<16)), local); !errors.Is(err, unix.EMSGSIZE) {
		t.Errorf("64 KiB: %v", err)
	}
	if err := u.send([]byte("x"), netip.MustParseAddrPort("[::1]:9")); !errors.Is(err, unix.EAFNOSUPPORT) {
		t.Errorf("an IPv6 peer of an IPv4 socket: %v", err)
	}
	ended := make(chan error, 1)
	go func() {
		_, _, _, err := u.receive(make([]byte, 1), nil)
		ended <- err
	}()
	time.Sleep(10 * time.Millisecond)
	conn.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("reading a closed socket: %v", err)
	}
	if err := u.send([]byte("x"), local); !errors.Is(err, net.ErrClosed) {
		t.Errorf("writing to a closed socket: %v", err)
	}
}

func BenchmarkRawDatagram(b *testing.B) {
	b.ReportAllocs()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	u, to := newRawUDP(raw), conn.LocalAddr().(*net.UDPAddr).AddrPort()
	data := make([]byte, 600)
	for b.Loop() {
		if err := u.send(data, to); err != nil {
			b.Fatal(err)
		}
		if _, _, _, err := u.receive(data, nil); err != nil {
			b.Fatal(err)
		}
	}
}
