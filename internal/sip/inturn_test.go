package sip

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// TestThingsTakeTheirTurn asks that nothing overtakes what has to wait, that who asks does
// not wait, and that things are done at once again when nothing waits.
func TestThingsTakeTheirTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turn inTurn
		var work sync.WaitGroup
		var mu sync.Mutex
		var done []int
		do := func(n int, wait time.Duration) {
			turn.do(&work, wait > 0, func() {
				time.Sleep(wait)
				mu.Lock()
				done = append(done, n)
				mu.Unlock()
			})
		}
		wants := func(when string, want ...int) {
			t.Helper()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(done, want) {
				t.Errorf("%s: %v are done, want %v", when, done, want)
			}
		}
		began := time.Now()
		do(1, 0)
		do(2, time.Second)
		do(3, 0)
		do(4, time.Minute)
		do(5, 0)
		if time.Since(began) > 0 {
			t.Error("who asks waits")
		}
		wants("at once", 1)
		time.Sleep(2 * time.Second)
		wants("after the second", 1, 2, 3)
		work.Wait()
		do(6, 0)
		wants("at the end", 1, 2, 3, 4, 5, 6)
	})
}

// noHosts is a name service that does not answer in time.
type noHosts struct{ hosts }

func (noHosts) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestWhatWaitsForNamesIsBounded asks that a peer whose descriptions name hosts that nobody
// knows leaves no more with a leg than any other, and that the leg goes on after it.
func TestWhatWaitsForNamesIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &leg{server: &Server{ctx: t.Context(), mediaNames: newMediaNames(noHosts{})}}
		l.box.Init()
		taken := 0
		take := func(*leg, *sip.Request, *transaction.Server) { taken++ }
		request := sip.NewRequest(sip.UPDATE, sip.Uri{})
		request.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		request.SetBody([]byte(strings.Replace(tortureSDP, "c=IN IP4 127.0.0.1", "c=IN IP4 nobody.example", 1)))
		for range 10 * maxOffered {
			l.arrived(task{request: request, with: take})
		}
		began := time.Now()
		l.server.work.Wait()
		if took := time.Since(began); took != maxOffered*nameTime {
			t.Errorf("the others take %s", took)
		}
		if l.workOff(); taken != maxOffered {
			t.Errorf("%d of %d requests are taken", taken, 10*maxOffered)
		}
		taken = 0
		l.arrived(task{request: sip.NewRequest(sip.BYE, sip.Uri{}), with: take})
		if l.workOff(); taken != 1 {
			t.Error("the leg takes no more")
		}
	})
}
