package sip

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/trunk"
)

// TestBreaksOfLongAgoDelayNothing has a registrar that grants little time: it first closes the
// connection after each REGISTER, and gets ever fewer more of them; after a connection that
// lasted it gets one at once again.
func TestBreaksOfLongAgoDelayNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const retry, wait = 30 * time.Second, steadyFor * 3 / 4
		r := &registrationClient{
			set:   &registrationClients{server: &Server{cfg: Config{RegisterRetry: retry}}},
			trunk: &trunk.Trunk{Transport: trunk.TCP}, broken: make(chan struct{}, 1),
		}
		rest := func(breaks bool) time.Duration {
			began := time.Now()
			if breaks {
				time.AfterFunc(time.Second, func() { r.broken <- struct{}{} })
			}
			r.rest(t.Context(), wait)
			return time.Since(began)
		}
		for range 10 {
			rest(true)
		}
		if waited := rest(true); waited != wait {
			t.Errorf("who closes after each REGISTER gets the next after %s, want %s", waited, wait)
		}
		r.broken <- struct{}{} // at another address, which was tried before
		r.watchConnection(netip.MustParseAddrPort("192.0.2.1:5060"))
		if waited := rest(false); waited != wait {
			t.Errorf("a connection that lasts is registered over after %s, want %s", waited, wait)
		}
		if waited := rest(true); waited > retry {
			t.Errorf("after a connection that lasted the next break waits %s, want %s at most", waited, retry)
		}
	})
}
