package rtp

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

func TestPortsArePairsAndGoRound(t *testing.T) {
	p := NewPorts(Config{Low: 22301, High: 22309}) // 22302 to 22309: four pairs
	seen := map[uint16]bool{}
	for range 4 {
		s, err := p.Open(Holder{})
		if err != nil {
			t.Fatal(err)
		}
		port := s.LocalAddr().Port()
		if port%2 != 0 || port < 22302 || port > 22308 || seen[port] || !s.LocalAddr().Addr().IsLoopback() {
			t.Errorf("got %v", s.LocalAddr())
		}
		seen[port] = true
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 4 || p.InUse() != 0 {
		t.Errorf("%d different ports, %d still in use", len(seen), p.InUse())
	}
}

func TestExhaustedPortsAreABusyFault(t *testing.T) {
	p := NewPorts(Config{Low: 22310, High: 22313})
	for range 2 {
		s, err := p.Open(Holder{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
	_, err := p.Open(Holder{})
	if !fault.Is(err, fault.KindBusy) || fault.Of(err).RetryAfter == 0 {
		t.Errorf("error %v", err)
	}
}

func TestTakenPortsAreSkipped(t *testing.T) {
	for _, taken := range []uint16{22320, 22321} { // RTP's, and RTCP's alone
		p := NewPorts(Config{Low: 22320, High: 22323})
		other, _, err := listen(netip.AddrPortFrom(p.bind, taken))
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.Open(Holder{})
		if err != nil {
			t.Fatal(err)
		}
		if s.LocalAddr().Port() != 22322 {
			t.Errorf("with %d taken: %v", taken, s.LocalAddr())
		}
		_ = s.Close()
		_ = other.close()
	}
}

// TestPortThatTheKernelGaveAwayIsSkipped asks that a pair that a session had before is
// passed over when another program has one of its ports meanwhile, on our address, on all
// addresses, or on those of both families, as the kernel gives ports to clients.
func TestPortThatTheKernelGaveAwayIsSkipped(t *testing.T) {
	for _, other := range []struct{ network, address string }{
		{"udp4", "127.0.0.1:22350"}, {"udp4", "127.0.0.1:22351"}, {"udp4", "0.0.0.0:22350"}, {"udp", "[::]:22351"},
	} {
		p := NewPorts(Config{Low: 22350, High: 22353})
		for range 2 { // round the range, so that the first pair is tried again
			s, err := p.Open(Holder{})
			if err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
		}
		socket, err := net.ListenPacket(other.network, other.address)
		if err != nil {
			t.Logf("%s %s cannot be taken here: %v", other.network, other.address, err)
			continue
		}
		for range 3 {
			s, err := p.Open(Holder{})
			if err != nil {
				t.Fatalf("%s: %v", other.address, err)
			}
			if s.LocalAddr().Port() != 22352 {
				t.Errorf("%s is somebody else's, we have %v", other.address, s.LocalAddr())
			}
			_ = s.Close()
		}
		_ = socket.Close()
	}
}

func TestImpossibleRangesAndAddressesFail(t *testing.T) {
	for _, cfg := range []Config{
		{Low: 22330, High: 22320},
		{Low: 22331, High: 22332},
		{Low: 22330, High: 22339, Bind: netip.MustParseAddr("192.0.2.1")},
	} {
		if s, err := NewPorts(cfg).Open(Holder{}); err == nil {
			t.Errorf("%+v: opened %v", cfg, s.LocalAddr())
			_ = s.Close()
		}
	}
}

// TestHolderHasItsShare asks that a holder's bound is its own, that a closed session makes
// room, and that small ranges are not shared out.
func TestHolderHasItsShare(t *testing.T) {
	p := NewPorts(Config{Low: 22400, High: 22599}) // 100 pairs
	one, other := Holder{Name: "one", Share: 2}, Holder{Name: "other", Share: 2}
	open := func(by Holder) *Session {
		t.Helper()
		s, err := p.Open(by)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	first := open(one)
	open(one)
	if _, err := p.Open(one); !fault.Is(err, fault.KindBusy) || !fault.Is(p.Check(one), fault.KindBusy) {
		t.Errorf("a third pair: %v", err)
	}
	open(other)
	open(Holder{})
	_ = first.Close()
	open(one)
	small := NewPorts(Config{Low: 22600, High: 22607})
	for range 4 {
		s, err := small.Open(one)
		if err != nil {
			t.Fatalf("in a small range: %v", err)
		}
		defer s.Close()
	}
}

// TestLackOfSocketsIsNoticed: where the process may open no more sockets, calls are refused as where no port is
// free, and nobody tries again at once. Other failures say nothing of the next call.
func TestLackOfSocketsIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPorts(Config{Low: 22370, High: 22373})
		if err := p.notOpened(syscall.EADDRNOTAVAIL); fault.Is(err, fault.KindBusy) || p.Ready() != nil || p.Check(Holder{}) != nil {
			t.Errorf("an address that the machine does not have: %v, ready: %v", err, p.Ready())
		}
		if err := p.notOpened(os.NewSyscallError("socket", syscall.EMFILE)); !fault.Is(err, fault.KindBusy) {
			t.Errorf("too many open files: %v", err)
		}
		for what, err := range map[string]error{"a load balancer": p.Ready(), "the next call": p.Check(Holder{})} {
			if !fault.Is(err, fault.KindBusy) || !strings.Contains(err.Error(), "too many open files") {
				t.Errorf("%s is told %v", what, err)
			}
		}
		time.Sleep(socketLackTime)
		if err := p.Check(Holder{}); err != nil {
			t.Errorf("a second later: %v", err)
		}
		time.Sleep(lackTime)
		if err := p.Ready(); err != nil {
			t.Errorf("when nothing was lacking for a while: %v", err)
		}
	})
}

// TestLackOfPortsIsNoticed: while no pair is free, the server takes no calls of phones. Pairs of
// other programs count from the first session that finds none, until one becomes free.
func TestLackOfPortsIsNoticed(t *testing.T) {
	p := NewPorts(Config{Low: 22360, High: 22363})
	if err := p.Ready(); err != nil || p.Pairs() != 2 {
		t.Fatalf("%d pairs, all of them free: %v", p.Pairs(), err)
	}
	first, err := p.Open(Holder{})
	if err != nil {
		t.Fatal(err)
	}
	last := uint16(22360 + 22362 - int(first.LocalAddr().Port()))
	other, _, err := listen(netip.AddrPortFrom(p.bind, last))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(); err != nil {
		t.Errorf("nobody has asked for the second pair: %v", err)
	}
	if _, err := p.Open(Holder{}); err == nil {
		t.Fatal("a session has the port of another program")
	}
	if err := p.Ready(); !fault.Is(err, fault.KindBusy) {
		t.Errorf("the second pair is another program's: %v", err)
	}
	_ = other.close()
	second, err := p.Open(Holder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(); !fault.Is(err, fault.KindBusy) {
		t.Errorf("both pairs are in use: %v", err)
	}
	_ = second.Close()
	if err := p.Ready(); err != nil {
		t.Errorf("a pair is free again: %v", err)
	}
	_ = first.Close()
}
