package media

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/ice/v4"
)

// TestAddressOfAnotherClientIsLeftAlone: a check with the source of another connection's
// client does nothing while that client answers: nothing is written there, which would draw
// what comes from there. Afterwards the address is free.
func TestAddressOfAnotherClientIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		victim := newPathTest(t)
		early, late := newPathTestOf(t, victim.claims), newPathTestOf(t, victim.claims)
		clock := &consentClock{}
		clock.add(early.c)
		defer clock.remove(early.c)
		early.check(early.at) // before the client has answered
		early.c.use(early.at, false, time.Now())
		asked := len(early.wire.requests())
		victim.check(victim.at)
		victim.c.use(victim.at, false, time.Now())
		victim.answerLast(victim.at)

		time.Sleep(time.Second) // in which it would be asked again
		synctest.Wait()
		for _, other := range []*pathTest{early, late} {
			if other.check(victim.at) || other.check(victim.at, ice.UseCandidate()) {
				t.Error("pion gets a check of another's address")
			}
		}
		if n := len(early.wire.requests()) + len(late.wire.requests()); n != asked || early.c.permits(handshake, victim.at) {
			t.Errorf("%d requests go there, of %d before the answer; or a handshake", n, asked)
		}
		victim.c.begin(credentials{"new", "another password, just as long"}, testTheirs)
		if late.check(victim.at) {
			t.Error("pion gets one while ICE begins anew")
		}
		time.Sleep(consentFor - 2*time.Second)
		if late.check(victim.at) {
			t.Error("pion gets one before the time is over")
		}
		time.Sleep(2 * time.Second)
		if !late.check(victim.at) || len(late.wire.requests()) != 1 {
			t.Error("the address of a client that is silent is not free")
		}
	})
}

// TestEndedConnectionClaimsNothing: neither what its client has answered, nor what it still
// answers.
func TestEndedConnectionClaimsNothing(t *testing.T) {
	victim := newPathTest(t)
	victim.check(victim.at)
	victim.answerLast(victim.at)
	if len(victim.claims.of) != 1 {
		t.Fatalf("%d claims", len(victim.claims.of))
	}
	second := netip.MustParseAddrPort("192.0.2.2:4000")
	victim.check(second)
	victim.c.end()
	victim.answerLast(second)
	if other := newPathTestOf(t, victim.claims); !other.check(victim.at) || len(victim.claims.of) > 0 {
		t.Errorf("%d claims are left", len(victim.claims.of))
	}
}
