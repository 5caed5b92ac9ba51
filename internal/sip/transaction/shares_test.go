package transaction

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/emiago/sipgo/sip"
)

// Hosts of a layer whose places are shared out.
var (
	carrier = Peer{Address: netip.MustParseAddrPort("[::ffff:192.0.2.1]:5060")} // has no limit
	greedy  = Peer{Address: netip.MustParseAddrPort("198.51.100.5:5060")}
	other   = Peer{Address: netip.MustParseAddrPort("198.51.100.6:5060")}
)

func newSharedWire(most int) *wire {
	w := newWire(most)
	limited := func(host netip.Addr) bool { return host != netip.MustParseAddr("192.0.2.1") }
	w.served, w.asked = newShares(most, limited), newShares(most, limited)
	return w
}

// serves asks with so many requests, and counts those that are given to the user.
func (w *wire) serves(t *testing.T, from Peer, name string, requests int) (served int) {
	t.Helper()
	before := len(w.requests)
	for n := range requests {
		w.Receive(request(t, "OPTIONS", name+strconv.Itoa(n)), from)
	}
	return len(w.requests) - before
}

// TestOneHostHasAShareOfTheTransactions: a telephone that is known asks as often as it
// likes, and those who come over a trunk, and other telephones, are served.
func TestOneHostHasAShareOfTheTransactions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSharedWire(64)
		if n := w.serves(t, greedy, "g", 200); n != 64/hostPart {
			t.Errorf("%d requests of one host are served", n)
		}
		neighbour := greedy
		neighbour.Address = netip.AddrPortFrom(greedy.Address.Addr(), 7)
		if n := w.serves(t, neighbour, "n", 1); n != 0 {
			t.Error("another port of the host has a share of its own")
		}
		if n := w.serves(t, other, "o", 5); n != 5 {
			t.Errorf("%d requests of another host are served, want 5", n)
		}
		if n := w.serves(t, carrier, "c", 200); n != 64-64/hostPart-5 {
			t.Errorf("%d requests of the trunk are served: all places that are left are its", n)
		}
		for n := range 64 / hostPart {
			if _, err := w.Request(request(t, "PRACK", "p"+strconv.Itoa(n)), greedy, User{Answered: func(*sip.Response, error) {}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Request(request(t, "PRACK", "p"), greedy, User{}); !errors.Is(err, ErrTooMany) {
			t.Errorf("a host makes us ask: %v", err)
		}
		if _, err := w.Request(request(t, "INVITE", "i"), other, User{Answered: func(*sip.Response, error) {}}); err != nil {
			t.Errorf("and another cannot be called: %v", err)
		}
		pass(w.longest() + w.cfg.T1)
		w.isEmpty(t)
	})
}

// TestCanceledINVITEsOfAFullHostEnd: where there is no place for the CANCEL, the INVITE that
// nobody wants any more is not kept for ever.
func TestCanceledINVITEsOfAFullHostEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSharedWire(64)
		for n := range 64 / hostPart {
			invite := request(t, "INVITE", strconv.Itoa(n))
			if _, err := w.Request(invite, greedy, User{Answered: func(*sip.Response, error) {}}); err != nil {
				t.Fatal(err)
			}
			w.Receive(answer(invite, 180), Peer{})
		}
		for n := range 64 / hostPart {
			if _, err := w.Request(request(t, "CANCEL", strconv.Itoa(n)), greedy, User{}); !errors.Is(err, ErrTooMany) {
				t.Fatal(err)
			}
		}
		pass(w.longest() + w.cfg.T1)
		w.isEmpty(t)
	})
}

// TestLongResponsesTakeMorePlaces: a response repeats the Via fields of its request, and
// is kept for 32 s.
func TestLongResponsesTakeMorePlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, kept := newSharedWire(640), 0
		for n := range 640 {
			r := request(t, "OPTIONS", strconv.Itoa(n))
			r.Via().Params.Add("filler", strings.Repeat("f", 10*unit))
			before := len(w.requests)
			if w.Receive(r, greedy); len(w.requests) == before {
				break
			}
			if err := w.requests[before].Respond(Response(r, 200, "OK")); err != nil {
				t.Fatal(err)
			}
			kept++
		}
		if most := 640/hostPart/10 + 1; kept > most || kept < 2 {
			t.Errorf("%d responses of %d kB are kept, want %d at most", kept, 10*unit>>10, most)
		}
		pass(w.longest() + w.cfg.T1)
		w.isEmpty(t)
	})
}
