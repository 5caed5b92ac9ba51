package eventgrid

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// engineOver starts a delivery engine that the test stops.
func engineOver(t *testing.T, store journal.Store) *delivery.Engine {
	t.Helper()
	engine := delivery.New(delivery.Config{Policies: map[string]delivery.Policy{PolicyName: Policy(nil)}}, store, quiet())
	if _, err := engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = engine.Stop(now)
	})
	return engine
}

// consentingTo answers handshakes, and gives events to a handler.
func consentingTo(events func(http.ResponseWriter, *http.Request, []byte)) http.HandlerFunc {
	app := application{}
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions || r.Header.Get(headerEventType) == sortValidation {
			app.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			events(w, r, body)
		}
	}
}

// TestSubscriptionDeletedWithDeliveriesInFlight: what flies is cut off, what
// waits never leaves, and nothing of it stays.
func TestSubscriptionDeletedWithDeliveriesInFlight(t *testing.T) {
	const calls = 200 // more than one destination is posted at once
	var posts atomic.Int32
	flying, open := make(chan struct{}, calls), make(chan struct{})
	server := httptest.NewServer(consentingTo(func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		posts.Add(1)
		flying <- struct{}{}
		<-open
		w.WriteHeader(http.StatusInternalServerError) // it would be retried
	}))
	defer server.Close()
	engine := engineOver(t, journal.InMemory())
	g, err := New(testConfig(nil), store.InMemory(), engine, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	g.subscribe(t, "incoming", to(server.URL))
	g.work.Wait()
	in := incomingCalls(t)["pstn-to-number"]
	for i := range calls {
		in.ServerCallID = fmt.Sprint("call", i)
		g.IncomingCall(in)
	}
	<-flying
	if existed, err := g.remove("incoming"); !existed || err != nil {
		t.Fatal(existed, err)
	}
	if err := engine.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := g.IncomingCall(in); n != 0 {
		t.Errorf("%d subscriptions take an event after the deletion", n)
	}
	before := posts.Load()
	close(open)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	if err := engine.Await(ctx, "INCOMING"); err != nil {
		t.Error(err)
	}
	if after := posts.Load(); after > before+64 || after == calls {
		t.Errorf("%d events were posted before the deletion, %d after it", before, after-before)
	}
	if got := engine.Attempts(history.Filter{Group: "INCOMING", Result: history.Retried}, 1); len(got) != 0 {
		t.Errorf("an event of a deleted subscription is retried: %+v", got[0])
	}
}

// TestTwoThousandSubscriptions: four times as many as Azure allows; each gets
// its event once, also after a restart, and one more is refused.
func TestTwoThousandSubscriptions(t *testing.T) {
	many := 2000
	if testing.Short() {
		many = 300
	}
	backend := store.InMemory()
	cfg := testConfig(willing(t))
	cfg.MaxSubscriptions = many
	box := &mailbox{}
	g, err := New(cfg, backend, box, quiet())
	if err != nil {
		t.Fatal(err)
	}
	for i := range many {
		g.subscribe(t, fmt.Sprint("incoming-", i), to(fmt.Sprintf("http://app%d.test/events", i)))
	}
	g.work.Wait()
	call := incomingCalls(t)["pstn-to-number"]
	if n := g.IncomingCall(call); n != many {
		t.Errorf("%d subscriptions take the event", n)
	}
	_, err = g.put("one-more", func(*Settings) (Settings, error) { return Settings{}, nil })
	if !fault.Is(err, fault.KindConflict) || fault.Of(err).Code != "QuotaExceeded" {
		t.Errorf("one more: %v", err)
	}
	g.Close()
	if g, err = New(cfg, backend, box, quiet()); err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	box.urls()
	g.IncomingCall(call)
	seen := map[string]int{}
	for _, url := range box.urls() {
		seen[url]++
	}
	if len(seen) != many || seen[fmt.Sprintf("http://app%d.test/events", many-1)] != 1 {
		t.Errorf("after a restart %d webhooks get the event", len(seen))
	}
}

// TestFiftyThousandIncomingCallsInAMinute: each call's event arrives, over
// loopback HTTP and with a journal that syncs every write. It takes some seconds,
// which the test logs (docs/performance.md); what a shared machine makes of them
// under the race detector is no fault, so only a standstill ends it.
func TestFiftyThousandIncomingCallsInAMinute(t *testing.T) {
	calls := 50_000
	if testing.Short() {
		calls = 2000
	}
	var mu sync.Mutex
	seen, all := make(map[string]bool, calls), make(chan struct{})
	server := httptest.NewServer(consentingTo(func(_ http.ResponseWriter, r *http.Request, _ []byte) {
		mu.Lock()
		defer mu.Unlock()
		if seen[r.Header.Get(headerOutputEventID)] = true; len(seen) == calls {
			close(all)
		}
	}))
	defer server.Close()
	engine := engineOver(t, journal.OnDisk(t.TempDir(), nil, quiet()))
	g, err := New(testConfig(nil), store.InMemory(), engine, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	g.subscribe(t, "incoming", to(server.URL))
	g.work.Wait()

	patience, cancel := context.WithTimeoutCause(t.Context(), 5*time.Minute, errors.New("deliveries stand still"))
	defer cancel()
	begun := time.Now()
	in := incomingCalls(t)["pstn-to-number"]
	for i := range calls {
		in.ServerCallID, in.At = fmt.Sprint("call", i), time.Now()
		if n := g.IncomingCall(in); n != 1 {
			t.Fatalf("call %d is taken by %d", i, n)
		}
	}
	select {
	case <-all:
		t.Logf("%d events in %v", calls, time.Since(begun).Round(time.Millisecond))
	case <-patience.Done():
		mu.Lock()
		t.Errorf("%v: %d of %d events arrived", context.Cause(patience), len(seen), calls)
		mu.Unlock()
	}
}

// TestDeletionEndsADeliveryThatIsNeverAnswered: the endpoint's half-open request
// goes with the subscription, and the notice of its end arrives all the same.
func TestDeletionEndsADeliveryThatIsNeverAnswered(t *testing.T) {
	arrived, left, told, ended := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(consentingTo(func(_ http.ResponseWriter, r *http.Request, _ []byte) {
		if r.Header.Get(headerEventType) == sortDeletion {
			close(told)
			return
		}
		close(arrived)
		select {
		case <-r.Context().Done():
			close(left)
		case <-ended:
		}
	}))
	defer server.Close()
	defer close(ended)
	engine := engineOver(t, journal.InMemory())
	g, err := New(testConfig(nil), store.InMemory(), engine, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	g.subscribe(t, "incoming", to(server.URL))
	g.work.Wait()
	g.IncomingCall(incomingCalls(t)["pstn-to-number"])
	<-arrived
	if existed, err := g.remove("incoming"); !existed || err != nil {
		t.Fatal(existed, err)
	}
	for what, happens := range map[string]chan struct{}{"the request's end": left, "the notice": told} {
		select {
		case <-happens:
		case <-time.After(20 * time.Second):
			t.Errorf("%s is not seen", what)
		}
	}
	var got []history.Attempt
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); len(got) == 0 && time.Now().Before(deadline); <-tick.C {
		got = engine.Attempts(history.Filter{Group: "INCOMING"}, 9)
	}
	if len(got) != 1 || got[0].Result != history.Dropped || got[0].Number != 1 || got[0].Error == "" {
		t.Errorf("recorded %+v", got)
	}
}
