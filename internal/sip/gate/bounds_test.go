package gate

import (
	"errors"
	"net/netip"
	"testing"
	"time"
)

// TestNoncesAreOursAndAge asks of the proof, the age and the bound of nonces.
func TestNoncesAreOursAndAge(t *testing.T) {
	t.Parallel()
	ours, theirs, now := newNonces(), newNonces(), start
	nonce := ours.fresh(now)
	if !ours.isLive(nonce, now) || ours.isLive(nonce, now.Add(nonceLife)) || theirs.isLive(nonce, now) || ours.isLive("x"+nonce[1:], now) && nonce[0] != 'x' || ours.isLive("", now) {
		t.Error("a nonce is live that is not, or dead that lives")
	}
	if !ours.take(nonce, 1, now) {
		t.Error("a nonce cannot be used")
	}
	for n := range maxNonces {
		later := now.Add(time.Duration(n+1) * time.Microsecond)
		ours.take(ours.fresh(later), 1, later)
	}
	later := now.Add(time.Second)
	if ours.used.Len(later) > maxNonces || ours.isLive(nonce, later) || !ours.isLive(ours.fresh(later), later) {
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

func TestDecisionsAreForgotten(t *testing.T) {
	t.Parallel()
	d := newDecisions()
	for key := range uint64(2 * maxDecisions) {
		d.made.Put(key, true, start)
	}
	if n := d.made.Len(start); n > maxDecisions {
		t.Errorf("%d are kept", n)
	}
	if _, known := d.made.Get(2*maxDecisions-1, start.Add(decisionLife)); known {
		t.Error("the last one is known for ever")
	}
}

// TestUnknownConnectionsEnd asks that a connection of an unknown source keeps its
// end until it shows credentials, and that their number is bounded.
func TestUnknownConnectionsEnd(t *testing.T) {
	t.Parallel()
	c := newConnections(10 * time.Second)
	var deadline time.Time
	set := func(t time.Time) error { deadline = t; return errors.New("closed meanwhile") }
	end, far := start.Add(10*time.Second), start.Add(time.Hour)
	stranger := c.Open(nobodyAddr, false, set, start)
	if deadline != end || stranger.Deadline(far) != end || stranger.Deadline(time.Time{}) != end || stranger.Deadline(start) != start || !c.IsUnknown(nobodyAddr) {
		t.Errorf("it ends at %v, and may be put off until %v", deadline, stranger.Deadline(far))
	}
	known := c.Open(trunkAddr, true, set, start)
	if deadline != end || known.Deadline(far) != far {
		t.Error("a trunk's connection has an end")
	}
	c.Keep(nobodyAddr)
	c.Keep(nobodyAddr)
	if !deadline.IsZero() || stranger.Deadline(far) != far || c.IsUnknown(nobodyAddr) {
		t.Error("an authenticated connection ends")
	}
	if total, unknown := c.Count(); total != 2 || unknown != 0 {
		t.Errorf("%d and %d are counted", total, unknown)
	}
	for n := range 2 * maxUnknownConnections {
		made := c.Open(netip.AddrPortFrom(nobodyAddr.Addr(), uint16(n)), false, set, start)
		if (made != nil) != (n < maxUnknownConnections) {
			t.Fatalf("connection %d is open: %t", n, made != nil)
		}
		if n == maxUnknownConnections-1 {
			defer made.Close()
		}
	}
	for range 2 {
		stranger.Close()
		known.Close()
	}
	if total, unknown := c.Count(); total != maxUnknownConnections || unknown != maxUnknownConnections {
		t.Errorf("%d and %d are counted at the end", total, unknown)
	}
}
