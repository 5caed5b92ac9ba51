package eventgrid

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/store"
)

// withTakers returns a Grid whose subscriptions have all consented; every
// second one takes incoming calls of the number that the tests call.
func withTakers(t testing.TB, count int, poster Poster) *Grid {
	t.Helper()
	cfg := testConfig(roundTrip(func(*http.Request) (*http.Response, error) { panic("no handshake here") }))
	g, err := New(cfg, store.InMemory(), poster, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	var all []Subscription
	for i := range count {
		ends := "/recipient/4:+15551230002"
		if i%2 == 1 {
			ends = "/recipient/4:+15559999999"
		}
		settings := Settings{
			Endpoint: fmt.Sprintf("http://127.0.0.1:3000/%d?code=hush", i),
			Filter:   Filter{Types: []string{typeIncomingCall}, SubjectEnds: ends},
			Retry:    Retry{MaxAttempts: 2, TimeToLive: time.Minute},
		}
		all = append(all, Subscription{Name: fmt.Sprintf("sub-%04d", i), State: succeeded, Wanted: settings, Active: &settings})
	}
	g.view.Store(newView(all, g.metrics))
	return g
}

func TestEventIsAddressedToEachThatTakesIt(t *testing.T) {
	box := &mailbox{}
	g := withTakers(t, 4, box)
	if n := g.IncomingCall(incomingCalls(t)["pstn-to-number"]); n != 2 || len(box.posted) != 2 {
		t.Fatalf("%d matched, %d posted, want 2", n, len(box.posted))
	}
	first, second := box.posted[0], box.posted[1]
	if first.ID != second.ID || first.ID == "" {
		t.Errorf("the same event has ids %q and %q", first.ID, second.ID)
	}
	if first.Lane == second.Lane || first.Group != "SUB-0000" || second.Group != "SUB-0002" || first.Policy != PolicyName {
		t.Errorf("addressed to %+v and %+v", first, second)
	}
	again := incomingCalls(t)["pstn-to-number"]
	again.ServerCallID = "another"
	g.IncomingCall(again)
	if box.posted[2].Lane == first.Lane {
		t.Error("two calls share a lane")
	}
}

func TestDeliveryHasEveryHeader(t *testing.T) {
	box := &mailbox{}
	withTakers(t, 1, box).IncomingCall(incomingCalls(t)["pstn-to-number"])
	m := box.posted[0]
	for attempt, count := range map[int]string{1: "0", 2: "1", 30: "29"} {
		req, err := http.NewRequest(http.MethodPost, m.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range m.Header {
			req.Header.Set(name, value)
		}
		if err := Policy(nil).Prepare(t.Context(), req.Header, &m, attempt); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Content-Type":          "application/json; charset=utf-8",
			"aeg-subscription-name": "SUB-0000",
			"aeg-delivery-count":    count,
			"aeg-event-type":        "Notification",
			"aeg-metadata-version":  "1",
			"aeg-data-version":      "1.0",
			"aeg-output-event-id":   m.ID,
		} {
			if got := req.Header.Get(name); got != want {
				t.Errorf("attempt %d: %s is %q, want %q", attempt, name, got, want)
			}
		}
	}
}

// nowhere is a Poster that counts only.
type nowhere struct{ posted int }

func (n *nowhere) Post(messages ...delivery.Message) { n.posted += len(messages) }
func (n *nowhere) ForgetSubscription(string)         {}
func (n *nowhere) EndProbation(string, string)       {}

func BenchmarkIncomingCall(b *testing.B) {
	for _, count := range []int{1, 10, 500} {
		b.Run(fmt.Sprintf("subscriptions=%d", count), func(b *testing.B) {
			poster := &nowhere{}
			g := withTakers(b, count, poster)
			in := incomingCalls(b)["pstn-to-number"]
			b.ReportAllocs()
			for b.Loop() {
				g.IncomingCall(in)
			}
			b.ReportMetric(float64(poster.posted)/float64(b.N), "messages/op")
		})
	}
}

// BenchmarkNoMatch is what a subscription costs that does not take the event.
func BenchmarkNoMatch(b *testing.B) {
	g := withTakers(b, 500, &nowhere{})
	in := incomingCalls(b)["identity-to-identity"]
	b.ReportAllocs()
	for b.Loop() {
		g.IncomingCall(in)
	}
}
