package media

import (
	"errors"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// wire is a socket of which a test sees what is sent.
type wire struct {
	mu   sync.Mutex
	sent [][]byte
}

// requests are what was sent until now.
func (w *wire) requests() [][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent)
}

func (w *wire) ReadFromAddrPort([]byte) (int, netip.AddrPort, error) {
	return 0, netip.AddrPort{}, errors.New("a test gives packets by itself")
}

func (w *wire) WriteToAddrPort(b []byte, _ netip.AddrPort) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, slices.Clone(b))
	return len(b), nil
}

// pathTest is a consent with the client at one address.
type pathTest struct {
	t             *testing.T
	c             *consent
	claims        *addressClaims
	conn          *consentConn
	wire          *wire
	at            netip.AddrPort
	ready, lapsed atomic.Int64
}

var (
	testOurs   = credentials{"ours", "our password is long enough"}
	testTheirs = credentials{"theirs", "their password is long enough"}
)

func newPathTest(t *testing.T) *pathTest { return newPathTestOf(t, new(addressClaims)) }

// newPathTestOf is one beside others of an engine.
func newPathTestOf(t *testing.T, of *addressClaims) *pathTest {
	p := &pathTest{t: t, claims: of, wire: &wire{}, at: netip.MustParseAddrPort("192.0.2.1:4000")}
	p.c = newConsent(of, func() { p.ready.Add(1) }, func(netip.AddrPort) { p.lapsed.Add(1) })
	p.c.begin(testOurs, testTheirs)
	p.conn = &consentConn{under: p.wire, of: p.c}
	return p
}

// check gives a check of the client's, and returns whether pion gets it.
func (p *pathTest) check(from netip.AddrPort, more ...stun.Setter) bool {
	p.t.Helper()
	m, err := stun.Build(append([]stun.Setter{stun.TransactionID, stun.BindingRequest, stun.NewUsername("ours:theirs"), ice.AttrControlling(1)},
		append(more, stun.NewShortTermIntegrity(testOurs.password), stun.Fingerprint)...)...)
	fatal(p.t, err)
	b := make([]byte, maxPacket)
	_, pass := p.conn.take(b, copy(b, m.Raw), from)
	return pass
}

// answerLast answers the last request, and returns what pion gets instead.
func (p *pathTest) answerLast(from netip.AddrPort) []byte {
	p.t.Helper()
	sent := p.wire.requests()
	asked := &stun.Message{Raw: sent[len(sent)-1]}
	fatal(p.t, asked.Decode())
	fatal(p.t, stun.NewShortTermIntegrity(testTheirs.password).Check(asked))
	if name, err := asked.Get(stun.AttrUsername); err != nil || string(name) != "theirs:ours" || !asked.Contains(stun.AttrICEControlled) {
		p.t.Errorf("we ask %s", asked)
	}
	m, err := stun.Build(asked, stun.BindingSuccess, stun.NewShortTermIntegrity(testTheirs.password), stun.Fingerprint)
	fatal(p.t, err)
	b := make([]byte, maxPacket)
	n, _ := p.conn.take(b, copy(b, m.Raw), from)
	return b[:n]
}

var (
	sound     = append([]byte{2 << 6}, make([]byte, 99)...)
	handshake = append([]byte{handshakeRecord}, make([]byte, 99)...)
)

// TestSilenceOfThirtySecondsEndsSending: a client is asked about every five seconds, and
// sent media until 30 s after its last answer, whatever else it sends. When it answers
// again, so do we.
func TestSilenceOfThirtySecondsEndsSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, clock := newPathTest(t), &consentClock{}
		clock.add(p.c)
		defer clock.remove(p.c)
		sendsAt := func(at netip.AddrPort) bool { return p.c.permits(sound, at) }
		if !p.check(p.at) || len(p.wire.requests()) != 1 || sendsAt(p.at) {
			t.Fatalf("a first check has %d requests, and media before the answer: %v", len(p.wire.requests()), sendsAt(p.at))
		}
		p.c.use(p.at, false, time.Now())
		p.answerLast(p.at)
		if p.ready.Load() != 1 || !sendsAt(p.at) {
			t.Fatalf("an answer makes the path ready %d times, with media %v", p.ready.Load(), sendsAt(p.at))
		}
		ids := make(map[string]bool)
		last := time.Now()
		for range 20 {
			before := len(p.wire.requests())
			for len(p.wire.requests()) == before {
				time.Sleep(consentTick)
			}
			synctest.Wait()
			if pause := time.Since(last); pause < 4*time.Second || pause > 6*time.Second+2*consentTick {
				t.Errorf("we ask after %v", pause)
			}
			last = time.Now()
			ids[string(p.wire.requests()[before][8:20])] = true
			p.answerLast(p.at)
		}
		if len(ids) != 20 || p.lapsed.Load() > 0 || !sendsAt(p.at) {
			t.Fatalf("%d numbers of 20, ended %d times", len(ids), p.lapsed.Load())
		}
		for sendsAt(p.at) {
			time.Sleep(time.Second)
			p.check(p.at)
			if time.Since(last) > time.Minute {
				t.Fatal("we send on")
			}
		}
		if silent := time.Since(last); silent < consentFor || silent > consentFor+2*time.Second || p.lapsed.Load() != 1 {
			t.Errorf("sending ended after %v, and this was told %d times", silent, p.lapsed.Load())
		}
		time.Sleep(time.Minute)
		p.check(p.at)
		p.answerLast(p.at)
		if p.ready.Load() != 1+20+1 || !sendsAt(p.at) {
			t.Errorf("an answer does not let us send again, or %d answers are told", p.ready.Load())
		}
	})
}

// TestLostRequestsAreRepeated: to an address that has the path, or whose nomination waits;
// an answer gives pion the nomination.
func TestLostRequestsAreRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, clock := newPathTest(t), &consentClock{}
		clock.add(p.c)
		defer clock.remove(p.c)
		p.check(p.at)
		p.c.use(p.at, false, time.Now())
		for range 3 { // more bytes, so that they may be repeated
			p.conn.take(make([]byte, maxPacket), 1000, p.at)
			p.c.permits(handshake, p.at)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(p.wire.requests()); n < 3 || n > 5 {
			t.Errorf("within a second %d requests", n)
		}
		p.answerLast(p.at)

		other, before := netip.MustParseAddrPort("[2001:db8::1]:4000"), len(p.wire.requests())
		if !p.check(other) || p.check(other, ice.UseCandidate()) {
			t.Error("a check is held, or a nomination is not")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(p.wire.requests()) - before; n < 2 || n > 5 {
			t.Errorf("a nomination has %d requests within a second", n)
		}
		held := &stun.Message{Raw: p.answerLast(other)}
		if err := held.Decode(); err != nil || !held.Contains(stun.AttrUseCandidate) {
			t.Errorf("pion does not get the nomination: %v", err)
		}
		if !p.check(other, ice.UseCandidate()) {
			t.Error("the next nomination is held")
		}
		time.Sleep(consentFor + time.Second) // pion has not taken it
		p.check(p.at)
		p.answerLast(p.at)
		if p.check(other, ice.UseCandidate()) {
			t.Error("a nomination of an address that has not answered for long is not held")
		}
	})
}

// TestUnprovenAddressGetsLittle: three bytes for each that came, of the handshake and of
// requests, and none of media.
func TestUnprovenAddressGetsLittle(t *testing.T) {
	p := newPathTest(t)
	p.check(p.at)
	p.c.use(p.at, false, time.Now())
	size := len(p.wire.requests()[0]) // about as long as the check
	for p.c.permits(handshake, p.at) {
		if size += len(handshake); size > 2000 {
			break
		}
	}
	if size > 2*perByte*len(p.wire.requests()[0]) || size <= len(p.wire.requests()[0]) {
		t.Errorf("%d bytes, the request has %d", size, len(p.wire.requests()[0]))
	}
	if p.c.permits(sound, p.at) || p.c.permits(append([]byte{23}, sound...), p.at) {
		t.Error("media are sent")
	}
	if p.c.permits(sound, netip.MustParseAddrPort("192.0.2.9:9")) || p.c.permits(handshake, netip.MustParseAddrPort("192.0.2.9:9")) {
		t.Error("an address that nobody has checked from is sent something")
	}
	if p.c.begin(credentials{"other", testOurs.password}, testTheirs); p.check(p.at) {
		t.Error("a check of the credentials before is taken")
	}
}

// TestStrangersChecksAskNobody: nothing is sent for a check with a wrong password, and
// nothing is kept; nor for those of ever more addresses.
func TestStrangersChecksAskNobody(t *testing.T) {
	p := newPathTest(t)
	p.c.ours.password = "another password, just as long"
	if p.check(p.at) || len(p.wire.requests()) > 0 || len(p.c.paths) > 0 {
		t.Errorf("%d requests, %d paths", len(p.wire.requests()), len(p.c.paths))
	}
	p.c.ours = testOurs
	for port := range uint16(4 * addressRate.Burst) {
		p.check(netip.AddrPortFrom(p.at.Addr(), 1000+port))
	}
	if n := len(p.c.paths); n < addressRate.Burst || n > addressRate.Burst+1 || len(p.wire.requests()) > n {
		t.Errorf("%d requests to %d paths", len(p.wire.requests()), n)
	}
}

// TestMappedAddressIsTheSame: a socket of both families names IPv4 as IPv6, pion does not.
func TestMappedAddressIsTheSame(t *testing.T) {
	p := newPathTest(t)
	mapped := netip.AddrPortFrom(netip.AddrFrom16(p.at.Addr().As16()), p.at.Port())
	p.check(mapped)
	if p.answerLast(mapped); !p.c.permits(sound, p.at) || len(p.c.paths) != 1 {
		t.Errorf("media are not sent, over %d paths", len(p.c.paths))
	}
}

// TestHeldNominationsAreDropped: after their time, of which each has a packet.
func TestHeldNominationsAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, clock := newPathTest(t), &consentClock{}
		clock.add(p.c)
		defer clock.remove(p.c)
		p.check(p.at)
		p.c.use(p.at, false, time.Now())
		p.answerLast(p.at)
		other := netip.MustParseAddrPort("192.0.2.2:4000")
		p.check(other, ice.UseCandidate())
		time.Sleep(15 * time.Second)
		synctest.Wait()
		p.c.mu.Lock()
		defer p.c.mu.Unlock()
		if p.c.paths[other].held != nil {
			t.Error("a nomination is kept")
		}
	})
}
