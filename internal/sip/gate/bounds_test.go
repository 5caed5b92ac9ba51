package gate

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// TestNoncesAreOursAndAge asks of the proof, the age and the bound of nonces.
func TestNoncesAreOursAndAge(t *testing.T) {
	t.Parallel()
	ours, theirs, now := newNonces(), newNonces(), start
	nonce := ours.fresh(netip.Addr{}, now)
	if !ours.isLive(nonce, now) || ours.isLive(nonce, now.Add(nonceLife)) || theirs.isLive(nonce, now) || ours.isLive("x"+nonce[1:], now) && nonce[0] != 'x' || ours.isLive("", now) {
		t.Error("a nonce is live that is not, or dead that lives")
	}
	if !ours.take(nonce, 1, now) {
		t.Error("a nonce cannot be used")
	}
	for n := range maxNonces {
		later := now.Add(time.Duration(n+1) * time.Microsecond)
		ours.take(ours.fresh(netip.Addr{}, later), 1, later)
	}
	later := now.Add(time.Second)
	if ours.used.Len(later) > maxNonces || ours.isLive(nonce, later) || !ours.isLive(ours.fresh(netip.Addr{}, later), later) {
		t.Errorf("%d counts are kept; a forgotten nonce is live: %v", ours.used.Len(later), ours.isLive(nonce, later))
	}
}

// TestSourcesAreLimitedEach asks that one loud source does not take another's
// share, and that their number is bounded.
func TestSourcesAreLimitedEach(t *testing.T) {
	t.Parallel()
	s := newSources()
	loud, quiet := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	passed := 0
	for range 1000 {
		if s.allowEach(loud, start) {
			passed++
		}
	}
	if passed != rateEach.Burst || !s.allowEach(quiet, start) || s.allowEach(netip.MustParseAddr("::ffff:192.0.2.1"), start) {
		t.Errorf("%d of a flood passed", passed)
	}
	for n := range 1000 { // a network of IPv6 is one source
		s.allowEach(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(n), 14: byte(n >> 8)}), start)
	}
	if s.allowEach(netip.MustParseAddr("2001:db8::ffff:1"), start) || !s.allowEach(netip.MustParseAddr("2001:db8:0:1::1"), start) {
		t.Error("a network of IPv6 is not one source")
	}
	for n := range 1000 { // a customer of IPv6 has 65,536 networks
		s.allowEach(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 7: byte(n), 6: byte(n >> 8), 15: 1}), start)
	}
	if s.allowEach(netip.MustParseAddr("2001:db8:0:ffff::1"), start) || !s.allowEach(netip.MustParseAddr("2001:db8:1::1"), start) {
		t.Error("a customer of IPv6 is not one site")
	}
	for n := range 3 * maxSources {
		s.allowEach(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}), start)
	}
	if n := s.each.Len(start); n > maxSources {
		t.Errorf("%d sources are kept", n)
	}
}

func TestAuthenticatedSourcesAreBoundedAndForgotten(t *testing.T) {
	t.Parallel()
	s := newSources()
	at := func(n int) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), uint16(n)) }
	for n := range maxAuthenticated + 10 {
		s.authenticated(at(n), start.Add(time.Duration(n)))
	}
	last := at(maxAuthenticated + 9)
	if n := s.shown.Len(start); n != maxAuthenticated || !s.isAuthenticated(last, start) || s.isAuthenticated(at(0), start) {
		t.Errorf("%d are known", n)
	}
	if s.isAuthenticated(last, start.Add(authenticatedLife+time.Second)) {
		t.Error("the last one is known for ever")
	}
}

// nobody has shown credentials.
func nobody(netip.Addr, time.Time) bool { return false }

// TestOfficeBehindOneAddressSignsInAtOnce asks that a subnet may send and connect more once
// somebody there has shown credentials, that this ends, and that it is bounded.
func TestOfficeBehindOneAddressSignsInAtOnce(t *testing.T) {
	t.Parallel()
	g := newGate(true, nil)
	office, later := netip.MustParseAddr("192.0.2.1"), start.Add(time.Minute)
	passed := func(from netip.Addr, now time.Time) (n int) {
		for range 10 * rateAllProven.Burst {
			if g.sources.allow(from, now) {
				n++
			}
		}
		return n
	}
	connected := func(now time.Time) (n int) {
		var all []*fakeSocket
		for range maxUnknown {
			all = append(all, &fakeSocket{})
			g.Connections.Open(netip.AddrPortFrom(office, uint16(1000+len(all))), false, false, all[len(all)-1], now)
		}
		for _, socket := range all {
			if !socket.closed {
				n++
			}
		}
		return n
	}
	if n, c := passed(office, start), connected(start); n != rateEach.Burst || c != unknownEach {
		t.Fatalf("%d datagrams and %d connections of a stranger pass", n, c)
	}
	g.NotePhone(netip.AddrPortFrom(office, 4000), start)
	if n, c := passed(office, later), connected(later); n != rateProven.Burst || c != provenEach {
		t.Errorf("%d datagrams and %d connections of the office pass, want %d and %d", n, c, rateProven.Burst, provenEach)
	}
	if n := passed(netip.MustParseAddr("192.0.2.2"), later); n != rateEach.Burst {
		t.Errorf("%d of its neighbour pass", n)
	}
	all := rateProven.Burst
	for n := range 5 {
		other := netip.AddrFrom4([4]byte{198, 51, 100, byte(n)})
		g.NotePhone(netip.AddrPortFrom(other, 4000), later)
		all += passed(other, later)
	}
	if all != rateAllProven.Burst {
		t.Errorf("%d of all offices pass", all)
	}
	if n := passed(office, start.Add(authenticatedLife+time.Second)); n != rateEach.Burst {
		t.Errorf("%d pass when nobody has shown credentials any more", n)
	}
}

// fakeSocket is a connection that remembers its deadline.
type fakeSocket struct {
	deadline time.Time
	closed   bool
}

func (f *fakeSocket) SetDeadline(t time.Time) error {
	f.deadline = t
	return errors.New("closed meanwhile")
}

func (f *fakeSocket) Close() error {
	f.closed = true
	return nil
}

// TestUnknownConnectionsEnd asks that a connection of an unknown source keeps its
// end until it shows credentials.
func TestUnknownConnectionsEnd(t *testing.T) {
	t.Parallel()
	c := newConnections(10*time.Second, nobody)
	end, far := start.Add(10*time.Second), start.Add(time.Hour)
	var hers, its fakeSocket
	stranger := c.Open(nobodyAddr, false, false, &hers, start)
	if hers.deadline != end || stranger.Deadline(far) != end || stranger.Deadline(time.Time{}) != end || stranger.Deadline(start) != start || !c.IsUnknown(nobodyAddr) {
		t.Errorf("it ends at %v, and may be put off until %v", hers.deadline, stranger.Deadline(far))
	}
	known := c.Open(trunkAddr, true, true, &its, start)
	if !its.deadline.IsZero() || known.Deadline(far) != far {
		t.Error("a trunk's connection has an end")
	}
	c.Keep(nobodyAddr)
	c.Keep(nobodyAddr)
	if !hers.deadline.IsZero() || stranger.Deadline(far) != far || c.IsUnknown(nobodyAddr) {
		t.Error("an authenticated connection ends")
	}
	if total, unknown := c.Count(); total != 2 || unknown != 0 {
		t.Errorf("%d and %d are counted", total, unknown)
	}
	for range 2 {
		stranger.Close()
		known.Close()
	}
	if total, unknown := c.Count(); total != 0 || unknown != 0 {
		t.Errorf("%d and %d are counted at the end", total, unknown)
	}
}

// TestHandshakeOfTLSIsNoConnectionYet asks that those who do not complete it take no
// place from those who do, and that the time for credentials begins after it.
func TestHandshakeOfTLSIsNoConnectionYet(t *testing.T) {
	t.Parallel()
	c := newConnections(10*time.Second, nobody)
	var hers fakeSocket
	stranger := c.Open(nobodyAddr, false, true, &hers, start)
	for n := range 3 * maxHandshakes {
		c.Open(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 1), false, true, new(fakeSocket), start)
		if n == 10 {
			stranger.HandshakeDone(start.Add(9 * time.Second))
		}
	}
	if hers.closed || hers.deadline != start.Add(19*time.Second) || !c.IsUnknown(nobodyAddr) {
		t.Errorf("closed: %t, ends at %v", hers.closed, hers.deadline)
	}
	if total, _ := c.Count(); total != maxHandshakes+1 {
		t.Errorf("%d are counted", total)
	}
}

// TestLoudestSourceMakesRoom asks whose connection leaves for the last of many: the
// oldest of its own source, or of the loudest one.
func TestLoudestSourceMakesRoom(t *testing.T) {
	t.Parallel()
	v4 := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}) }
	v6 := func(site, subnet, host int) netip.Addr {
		return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 5: byte(site), 7: byte(subnet), 14: byte(host >> 8), 15: byte(host)})
	}
	for _, test := range []struct {
		name   string
		from   func(n int) netip.Addr
		count  int
		leaves int // the first connection that is closed; -1 none
		stays  int // how many are left
	}{
		{"one address up to its bound", func(int) netip.Addr { return v4(0) }, unknownEach, -1, unknownEach},
		{"one address", func(int) netip.Addr { return v4(0) }, 3 * unknownEach, 0, unknownEach},
		{"one subnet of IPv6", func(n int) netip.Addr { return v6(1, 1, n) }, 3 * unknownEach, 0, unknownEach},
		{"one site of IPv6", func(n int) netip.Addr { return v6(1, n, n) }, 3 * unknownEach, 0, 2 * unknownEach},
		{"many addresses", v4, maxUnknown + 1, 0, maxUnknown},
		{"a loud one among many", func(n int) netip.Addr {
			if n >= 5 && n < 10 {
				return v4(9999)
			}
			return v4(n)
		}, maxUnknown + 1, 5, maxUnknown},
	} {
		c := newConnections(10*time.Second, nobody)
		sockets := make([]fakeSocket, test.count)
		for n := range sockets {
			if c.Open(netip.AddrPortFrom(test.from(n), uint16(n+1)), false, false, &sockets[n], start) == nil {
				t.Fatalf("%s: connection %d is refused", test.name, n)
			}
		}
		first := slices.IndexFunc(sockets, func(s fakeSocket) bool { return s.closed })
		if _, unknown := c.Count(); first != test.leaves || unknown != test.stays || sockets[test.count-1].closed {
			t.Errorf("%s: %d leaves and %d stay", test.name, first, unknown)
		}
	}
}

// TestUnknownConnectionsMakeRoomForKnownOnes asks what happens to one more connection
// where there may be no more.
func TestUnknownConnectionsMakeRoomForKnownOnes(t *testing.T) {
	t.Parallel()
	c := newConnections(10*time.Second, nobody)
	var stranger fakeSocket
	c.Open(nobodyAddr, false, false, &stranger, start)
	for n := range maxConnections {
		if c.Open(netip.AddrPortFrom(trunkAddr.Addr(), uint16(n)), true, false, new(fakeSocket), start) == nil {
			t.Fatalf("connection %d of a trunk is refused", n)
		}
	}
	if !stranger.closed || c.Open(trunkAddr, true, false, new(fakeSocket), start) != nil || c.Open(nobodyAddr, false, false, new(fakeSocket), start) != nil {
		t.Error("there are more than there may be")
	}
}

// TestLoudSourcesLeaveRoomForQuietOnes asks that the first datagrams of a source are
// heard while others send as much as they may.
func TestLoudSourcesLeaveRoomForQuietOnes(t *testing.T) {
	t.Parallel()
	s := newSources()
	now := start
	for n := range 4000 { // 40 addresses, each twice its rate
		now = now.Add(time.Second / 800)
		s.allow(netip.AddrFrom4([4]byte{10, 0, 0, byte(n % 40)}), now)
	}
	for n := range 20 {
		if !s.allow(netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), now) {
			t.Fatalf("source %d is not heard", n)
		}
	}
}

// TestNonceIsOfTheHostThatWasTold: an address of IPv4, or a /64.
func TestNonceIsOfTheHostThatWasTold(t *testing.T) {
	ours := newNonces()
	for told, others := range map[string][2]string{"192.0.2.7": {"::ffff:192.0.2.7", "192.0.2.8"}, "2001:db8:0:1::7": {"2001:db8:0:1::8", "2001:db8:0:2::7"}} {
		nonce := ours.fresh(netip.MustParseAddr(told), start)
		if !ours.isLive(nonce, start) || !ours.isOf(nonce, netip.MustParseAddr(told)) || !ours.isOf(nonce, netip.MustParseAddr(others[0])) || ours.isOf(nonce, netip.MustParseAddr(others[1])) {
			t.Errorf("a nonce for %s is of another host, or not of that", told)
		}
	}
	if ours.isOf("x", netip.Addr{}) {
		t.Error("what is no nonce is of a host")
	}
}
