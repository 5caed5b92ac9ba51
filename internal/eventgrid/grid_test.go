package eventgrid

import (
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// mailbox is a Poster that keeps what it is given.
type mailbox struct {
	mu      sync.Mutex
	posted  []delivery.Message
	dropped []string
	ended   []string // probations: group and endpoint
}

func (m *mailbox) Post(messages ...delivery.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.posted = append(m.posted, messages...)
}

func (m *mailbox) ForgetSubscription(group string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dropped = append(m.dropped, group)
}

func (m *mailbox) EndProbation(group, endpoint string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = append(m.ended, group+" "+endpoint)
}

// urls lists where messages were posted, and forgets them.
func (m *mailbox) urls() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []string
	for _, posted := range m.posted {
		list = append(list, posted.URL)
	}
	m.posted = nil
	return list
}

func testConfig(transport http.RoundTripper) Config {
	return Config{
		SubscriptionID: "11111111-2222-3333-4444-555555555555",
		ResourceGroup:  "calls",
		ResourceName:   "demo",
		PublicBase:     func() string { return "https://localhost:8443" },
		Transport:      transport,
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// newTestGrid opens a Grid that the test closes.
func newTestGrid(t testing.TB, transport http.RoundTripper, backend store.Backend) (*Grid, *mailbox) {
	t.Helper()
	box := &mailbox{}
	g, err := New(testConfig(transport), backend, box, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g, box
}

// willing echoes every code.
func willing(t testing.TB) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		code, _ := readValidation(t, r)
		return reply(200, echo(code)), nil
	}
}

// to asks for a webhook, with changes to a request's properties.
func to(endpoint string, changes ...func(*settingsRequest)) settingsRequest {
	r := settingsRequest{Destination: &destinationRequest{EndpointType: "WebHook", Properties: destinationProperties{webhookRequest: webhookRequest{EndpointURL: endpoint}}}}
	for _, change := range changes {
		change(&r)
	}
	return r
}

func (g *Grid) subscribe(t testing.TB, name string, r settingsRequest) Subscription {
	t.Helper()
	sub, err := g.put(name, func(*Settings) (Settings, error) { return r.settings(g.rules()) })
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func (g *Grid) stateOf(name string) (state, string) {
	sub, _ := g.view.Load().find(name)
	return sub.State, sub.Problem
}

func TestSubscriptionIsCreatingUntilItsEndpointConsents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, willing(t), store.InMemory())
		call := incomingCalls(t)["pstn-to-number"]
		if sub := g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events")); sub.State != creating {
			t.Errorf("state %s at first", sub.State)
		}
		synctest.Wait()
		if got, problem := g.stateOf("INCOMING"); got != succeeded || problem != "" {
			t.Fatalf("state %s %q", got, problem)
		}
		if g.IncomingCall(call) != 1 || len(box.urls()) != 1 {
			t.Error("the event was not posted")
		}
		if sub := g.subscribe(t, "Incoming", to("http://127.0.0.1:3000/other")); sub.State != updating || sub.Name != "incoming" {
			t.Errorf("after an update: %s %s", sub.Name, sub.State)
		}
		synctest.Wait()
		g.IncomingCall(call)
		if got := box.urls(); len(got) != 1 || got[0] != "http://127.0.0.1:3000/other" {
			t.Errorf("posted to %v", got)
		}
		if want := []string{"INCOMING http://127.0.0.1:3000/events", "INCOMING http://127.0.0.1:3000/other"}; !slices.Equal(box.ended, want) {
			t.Errorf("probations were ended for %q, want %q", box.ended, want)
		}
	})
}

func TestNobodyIsToldBeforeConsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, roundTrip(func(*http.Request) (*http.Response, error) { return reply(404, "nothing here"), nil }), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		call := incomingCalls(t)["pstn-to-number"]
		if n := g.IncomingCall(call); n != 0 {
			t.Errorf("%d matched while creating", n)
		}
		synctest.Wait()
		got, problem := g.stateOf("incoming")
		if got != failed || !strings.Contains(problem, "404 Not Found") || !strings.Contains(problem, "nothing here") {
			t.Errorf("state %s %q", got, problem)
		}
		if n := g.IncomingCall(call); n != 0 || len(box.urls()) != 0 {
			t.Errorf("%d matched after the failure", n)
		}
	})
}

// TestFailedUpdateLeavesEventsWhereTheyWent: an endpoint that consented goes on
// being told until another one has.
func TestFailedUpdateLeavesEventsWhereTheyWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/broken" {
				return reply(500, "oops"), nil
			}
			return willing(t)(r)
		}), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		synctest.Wait()
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/broken"))
		synctest.Wait()
		got, problem := g.stateOf("incoming")
		if got != failed || !strings.Contains(problem, "Events still go to http://127.0.0.1:3000/events") {
			t.Errorf("state %s %q", got, problem)
		}
		g.IncomingCall(incomingCalls(t)["pstn-to-number"])
		if got := box.urls(); len(got) != 1 || got[0] != "http://127.0.0.1:3000/events" {
			t.Errorf("posted to %v", got)
		}
	})
}

func TestLaterUpdateOutdoesAnEarlierHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			code, _ := readValidation(t, r)
			if r.URL.Path == "/slow" {
				time.Sleep(10 * time.Second) // whatever the context says
			}
			return reply(200, echo(code)), nil
		}), store.InMemory())
		slow := g.subscribe(t, "incoming", to("http://127.0.0.1:3000/slow"))
		synctest.Wait()
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/fast"))
		if g.settle(slow, succeeded, "", 0) {
			t.Error("the earlier handshake settled the later one")
		}
		time.Sleep(time.Minute)
		g.IncomingCall(incomingCalls(t)["pstn-to-number"])
		if got := box.urls(); len(got) != 1 || got[0] != "http://127.0.0.1:3000/fast" {
			t.Errorf("posted to %v", got)
		}
	})
}

func TestDeletingDropsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, willing(t), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		synctest.Wait()
		if existed, err := g.remove("Incoming"); !existed || err != nil {
			t.Errorf("deleted: %v, %v", existed, err)
		}
		if len(box.dropped) != 1 || box.dropped[0] != "INCOMING" {
			t.Errorf("dropped %v", box.dropped)
		}
		if n := g.IncomingCall(incomingCalls(t)["pstn-to-number"]); n != 0 {
			t.Errorf("%d matched", n)
		}
		if existed, _ := g.remove("incoming"); existed {
			t.Error("it is still there")
		}
	})
}

func TestDeletingEndsItsHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan struct{})
		g, _ := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			close(ended)
			return nil, r.Context().Err()
		}), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		synctest.Wait()
		start := time.Now()
		if _, err := g.remove("incoming"); err != nil {
			t.Fatal(err)
		}
		<-ended
		if took := time.Since(start); took != 0 {
			t.Errorf("the handshake went on for %s", took)
		}
	})
}

func TestSubscriptionsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(willing(t))
		cfg.MaxSubscriptions = 2
		g, err := New(cfg, store.InMemory(), &mailbox{}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		for _, name := range []string{"one", "two"} {
			g.subscribe(t, name, to("http://127.0.0.1:3000/events"))
		}
		want := func(*Settings) (Settings, error) { return to("http://127.0.0.1:3000/events").settings(g.rules()) }
		if _, err := g.put("three", want); !fault.Is(err, fault.KindConflict) {
			t.Errorf("a third one: %v", err)
		}
		if _, err := g.put("TWO", want); err != nil {
			t.Errorf("an update of the second: %v", err)
		}
	})
}

func TestSubscriptionsSurviveReopening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := store.InMemory()
		g, _ := newTestGrid(t, willing(t), backend)
		g.subscribe(t, "Incoming", to("http://127.0.0.1:3000/events?code=hush", func(r *settingsRequest) {
			r.Filter = &filterRequest{Types: []string{typeIncomingCall}, SubjectEnds: "4:+15551230002"}
			r.Labels = []string{"blue"}
		}))
		synctest.Wait()
		before, _ := g.view.Load().find("incoming")
		g.Close()

		again, box := newTestGrid(t, roundTrip(func(*http.Request) (*http.Response, error) {
			t.Error("a finished handshake was made again")
			return nil, io.EOF
		}), backend)
		after, exists := again.view.Load().find("incoming")
		if !exists || after.Name != "Incoming" || after.State != succeeded || after.Wanted.Labels[0] != "blue" || !after.Created.Equal(before.Created) {
			t.Errorf("found %+v", after)
		}
		calls := incomingCalls(t)
		if again.IncomingCall(calls["pstn-to-number"]) != 1 || again.IncomingCall(calls["identity-to-identity"]) != 0 {
			t.Error("the filter was not kept")
		}
		if got := box.urls(); len(got) != 1 || got[0] != "http://127.0.0.1:3000/events?code=hush" {
			t.Errorf("posted to %v", got)
		}
	})
}

func TestReopeningTakesUpAnUnfinishedHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := store.InMemory()
		g, _ := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), backend)
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		synctest.Wait()
		g.Close()
		if got, _ := g.stateOf("incoming"); got != creating {
			t.Fatalf("state %s after closing", got)
		}
		again, _ := newTestGrid(t, willing(t), backend)
		synctest.Wait()
		if got, problem := again.stateOf("incoming"); got != succeeded {
			t.Errorf("state %s %q", got, problem)
		}
	})
}
