package relay

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pion/turn/v5"

	"github.com/switchhook/switchhook/internal/certificate"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/webrtc/pionlog"
)

const user = "8:acs:11111111-2222-4333-8444-555555555555_0000000a-1b2c-3d4e-5f60-718293a4b5c6"

// media is a socket that sends back what it gets.
func media(t testing.TB) *net.UDPConn {
	t.Helper()
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go echo(socket, nil)
	return socket
}

// echo sends back what comes, and tells from where, until the socket is closed.
func echo(socket *net.UDPConn, seen chan<- net.Addr) {
	b := make([]byte, 2000)
	for {
		n, from, err := socket.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		if seen != nil {
			seen <- net.UDPAddrFromAddrPort(from)
		}
		_, _ = socket.WriteToUDPAddrPort(b[:n], from)
	}
}

func open(t testing.TB, change func(*Config)) *Server {
	t.Helper()
	cfg := Config{
		Listen: "127.0.0.1:0", Media: media(t).LocalAddr().(*net.UDPAddr).AddrPort(),
		Allocations: 8, PerUser: 2, Bandwidth: 100, Present: func(string) bool { return false },
		Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&cfg)
	}
	s, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// client is one of TURN over a connection, with the credentials of a user.
func client(t testing.TB, s *Server, conn net.PacketConn, who string) *turn.Client {
	t.Helper()
	given := s.Servers(who)[0]
	return clientAs(t, conn, s.Addr().String(), given.Username, given.Credential)
}

func clientAs(t testing.TB, conn net.PacketConn, at, name, password string) *turn.Client {
	t.Helper()
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: at, Conn: conn, Username: name, Password: password, Realm: realm,
		RTO: 2 * time.Second, LoggerFactory: pionlog.Factory{Log: slog.New(slog.DiscardHandler)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); conn.Close() })
	return c
}

func udp(t testing.TB) net.PacketConn {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func dial(t testing.TB, at net.Addr) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", at.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// echoes sends through an allocation until an answer comes.
func echoes(t testing.TB, relayed net.PacketConn, to net.Addr) error {
	t.Helper()
	b := make([]byte, 100)
	var err error
	for range 20 {
		if _, err = relayed.WriteTo([]byte("hello"), to); err != nil {
			return err
		}
		_ = relayed.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		var from net.Addr
		var n int
		if n, from, err = relayed.ReadFrom(b); err == nil {
			if string(b[:n]) != "hello" || from.String() != to.String() {
				t.Errorf("%q came from %v", b[:n], from)
			}
			return nil
		}
	}
	return err
}

func TestOurMediaIsReachedByEveryWay(t *testing.T) {
	data, err := datadir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	own, err := certificate.OpenPrivate(certificate.Config{Names: []string{"localhost"}}, data, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	proven := make(chan net.Conn, 4)
	s := open(t, func(c *Config) {
		c.Secure, c.TLS = "127.0.0.1:0", &tls.Config{GetCertificate: own.GetCertificate}
		c.Proven, c.PerUser = func(conn net.Conn) { proven <- conn }, 3
	})
	secure := tls.Client(dial(t, s.SecureAddr()), &tls.Config{InsecureSkipVerify: true, ServerName: "localhost"})
	for name, conn := range map[string]net.PacketConn{
		"UDP": udp(t), "TCP": turn.NewSTUNConn(dial(t, s.Addr())), "TLS": turn.NewSTUNConn(secure),
	} {
		relayed, err := client(t, s, conn, user).Allocate()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := echoes(t, relayed, net.UDPAddrFromAddrPort(s.cfg.Media)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, _ = relayed.WriteTo(make([]byte, 3), net.UDPAddrFromAddrPort(s.cfg.Media)) // padded on TCP
	}
	if len(proven) != 2 {
		t.Errorf("%d connections are proven, want those of TCP and TLS", len(proven))
	}
	urls := strings.Join(s.Servers(user)[0].Urls, " ")
	if want := "turn:" + s.Addr().String() + "?transport=udp turn:" + s.Addr().String() + "?transport=tcp turns:" + s.SecureAddr().String() + "?transport=tcp"; urls != want {
		t.Errorf("clients are told %s, want %s", urls, want)
	}
}

// TestThePublicAddressIsOurMedia: no NAT has to send back to us what we send to it.
func TestThePublicAddressIsOurMedia(t *testing.T) {
	public := netip.MustParseAddr("203.0.113.10")
	for _, bound := range []string{"127.0.0.1", "0.0.0.0", "::"} {
		s := open(t, func(c *Config) {
			c.Public, c.Host = public, "turn.example"
			c.Media = netip.AddrPortFrom(netip.MustParseAddr(bound), c.Media.Port())
		})
		relayed, err := client(t, s, udp(t), user).Allocate()
		if err != nil {
			t.Fatal(err)
		}
		if err := echoes(t, relayed, net.UDPAddrFromAddrPort(netip.AddrPortFrom(public, s.cfg.Media.Port()))); err != nil {
			t.Errorf("media at %s: %v", bound, err)
		}
		if told := s.Servers(user)[0].Urls[0]; !strings.HasPrefix(told, "turn:turn.example:") {
			t.Errorf("clients are told %s", told)
		}
	}
}

// TestNothingElseIsReached: neither another machine, nor another port of ours.
func TestNothingElseIsReached(t *testing.T) {
	s := open(t, nil)
	other := media(t).LocalAddr()
	c := client(t, s, udp(t), user)
	relayed, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"10.0.0.1:80", "169.254.169.254:80", "127.0.0.2:" + other.String()[10:], "192.0.2.1:3478", "0.0.0.0:53"} {
		at := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to))
		if err := c.CreatePermission(at); err == nil {
			t.Errorf("%s is permitted", to)
		}
	}
	if _, err := relayed.WriteTo([]byte("hello"), other); err != nil {
		t.Fatal(err) // its address is permitted, its port not: the packet is dropped
	}
	if err := echoes(t, relayed, net.UDPAddrFromAddrPort(s.cfg.Media)); err != nil {
		t.Errorf("our media is not reached either: %v", err)
	}
	_ = relayed.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if n, from, err := relayed.ReadFrom(make([]byte, 100)); err == nil && from.String() == other.String() {
		t.Errorf("%d bytes came from %v", n, from)
	}
	if _, err := client(t, s, udp(t), user).AllocateTCP(); err == nil {
		t.Error("TCP is relayed")
	}
}

func TestAllocationsAreCounted(t *testing.T) {
	s := open(t, func(c *Config) { c.Allocations = 3 })
	var first net.PacketConn
	for _, test := range []struct{ who, refused string }{{user, ""}, {user, ""}, {user, "486"}, {"8:acs:b", ""}, {"8:acs:c", "508"}} {
		relayed, err := client(t, s, udp(t), test.who).Allocate()
		if test.refused == "" && err != nil || test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
			t.Errorf("%s: %v, want %q", test.who, err, test.refused)
		}
		if first == nil {
			first = relayed
		}
	}
	if n := s.Allocations(); n != 3 {
		t.Errorf("%d allocations", n)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if s.Allocations() == 2 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := client(t, s, udp(t), user).Allocate(); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
}

// TestBandwidthIsBounded sends more than an allocation carries.
func TestBandwidthIsBounded(t *testing.T) {
	s := open(t, nil)
	o, _, err := s.AllocatePacketConn(turn.AllocateListenerConfig{Network: "udp4", UserID: user})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	packet, begun := make([]byte, 1200), time.Now()
	const packets = 2000
	for range packets {
		if _, err := o.WriteTo(packet, net.UDPAddrFromAddrPort(s.cfg.Media)); err != nil {
			t.Fatal(err)
		}
	}
	sent := float64(packets - int(s.Dropped()))
	most := (float64(userRate.Burst)+userRate.PerSecond*time.Since(begun).Seconds())/3 + 1 // 1200 bytes are 3 units
	if sent > most || sent < float64(userRate.Burst)/3-1 {
		t.Errorf("%v of %d packets passed, want %v at most", sent, packets, most)
	}
}

// TestMessagesThatAreTooLongEndTheirConnection: pion by itself goes in a circle where
// their length is near 65,535.
func TestMessagesThatAreTooLongEndTheirConnection(t *testing.T) {
	s := open(t, nil)
	for _, head := range []string{"\x00\x03", "\x40\x00", "GET ", "\xff\xff"} {
		for _, length := range []uint16{1600, 65516, 65532, 65535} {
			conn := dial(t, s.Addr())
			message := binary.BigEndian.AppendUint16([]byte(head), length)
			message = append(message, "\x21\x12\xa4\x42aaaaaaaaaaaa"...)
			if _, err := conn.Write(append(message, make([]byte, 1600)...)); err != nil {
				continue // closed already
			}
			_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
			if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%q of %d bytes leaves the connection open", head, length)
			}
			conn.Close()
		}
	}
}

func TestClosingLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	s := open(t, nil)
	for _, conn := range []net.PacketConn{udp(t), turn.NewSTUNConn(dial(t, s.Addr()))} {
		c := client(t, s, conn, user)
		if _, err := c.Allocate(); err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	idle := dial(t, s.Addr())
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	_ = idle.SetReadDeadline(time.Now().Add(30 * time.Second))
	if _, err := idle.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a connection is open: %v", err)
	}
	if n := s.Allocations(); n != 0 {
		t.Errorf("%d allocations are left", n)
	}
	const ours = 8 // of the clients and the echo
	for range 500 {
		if runtime.NumGoroutine() <= before+ours {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
