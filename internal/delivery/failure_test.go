package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// memoryArchive is an Archive that a test can look into, and break.
type memoryArchive struct {
	mu     sync.Mutex
	blocks [][]byte
	broken error
}

func (a *memoryArchive) Append(_ context.Context, block []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.broken != nil {
		return a.broken
	}
	a.blocks = append(a.blocks, append([]byte(nil), block...))
	return nil
}

func (a *memoryArchive) Read(_ context.Context, _ int, tell func([]byte) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, block := range a.blocks {
		if err := tell(block); err != nil {
			return err
		}
	}
	return nil
}

func (a *memoryArchive) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.blocks)
}

// incoming is an IncomingCall of a subscription.
func incoming(body string) Message {
	m := grid("call "+body, body)
	m.Group = "INCOMING"
	m.Event = Event{Subscription: "INCOMING", Schema: "EventGridSchema", Type: "Microsoft.Communication.IncomingCall", Time: time.Date(2026, 3, 4, 15, 6, 7, 0, time.UTC)}
	return m
}

func TestFailureIsLoggedAsAzureDoes(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 404, after: 12 * time.Millisecond} }}
	runWith(t, Config{ResourceID: "/subscriptions/s/acs"}, InMemory(), hooks, func(e *Engine, _ []Hold) {
		e.Post(incoming("a"))
		time.Sleep(time.Second)
		got := e.Failures(FailureQuery{Where: "incomingCall", Limit: 10})
		if len(got) != 1 {
			t.Fatalf("got %+v", got)
		}
		want := "outcome=NotFound, latencyInMs=12, id=id-a, systemId=INCOMING/1, state=FilteredFailingDelivery, " +
			"deliveryTime=1/1/2000 12:00:00 AM, deliveryCount=0, probationCount=0, deliverySchema=EventGridEvent, " +
			"eventSubscriptionDeliverySchema=EventGridEvent, publishTime=1/1/2000 12:00:00 AM, eventTime=3/4/2026 3:06:07 PM, " +
			"eventType=Microsoft.Communication.IncomingCall, inputSchema=EventGridEvent, size=1, " +
			"url=http://app.test/events?code=***, deliveryResponse=404: ok a"
		f := got[0]
		if f.Message != want || f.Subscription != "INCOMING" || f.Category != "DeliveryFailures" || f.Operation != "Deliver" || f.ResourceID != "/subscriptions/s/acs" {
			t.Errorf("got  %+v\nwant %s", f, want)
		}
	})
}

func TestFailuresAreSelected(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500} }}
	run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
		other := incoming("other")
		other.Event.Subscription = "OTHER"
		e.Post(incoming("a"), other, callback(hook, "callback"))
		time.Sleep(5 * time.Second)
		e.Post(incoming("b"))
		time.Sleep(time.Second)
		for _, test := range []struct {
			name string
			q    FailureQuery
			want int
		}{
			{"all", FailureQuery{}, 3}, {"limit", FailureQuery{Limit: 2}, 2}, {"text", FailureQuery{Where: "ID=ID-A"}, 1},
			{"no such text", FailureQuery{Where: "CallEnded"}, 0}, {"subscription", FailureQuery{Subscription: "other"}, 1},
			{"since", FailureQuery{Since: time.Now().Add(-2 * time.Second)}, 1},
		} {
			if got := e.Failures(test.q); len(got) != test.want {
				t.Errorf("%s: %d failures", test.name, len(got))
			}
		}
		if got := e.Failures(FailureQuery{Limit: 1}); !strings.Contains(got[0].Message, "id=id-b") {
			t.Errorf("the newest is not first: %+v", got)
		}
	})
}

func TestFailuresSurviveARestartInGroups(t *testing.T) {
	archive := &memoryArchive{}
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 400} }}
	runWith(t, Config{FailureArchive: archive}, InMemory(), hooks, func(e *Engine, _ []Hold) {
		for i := range 600 {
			e.Post(incoming(fmt.Sprint(i)))
		}
		time.Sleep(10 * time.Second)
		if n := archive.len(); n < 3 || n > 5 {
			t.Errorf("600 failures took %d writes", n)
		}
		e.Post(incoming("last")) // archived by Stop
		time.Sleep(time.Millisecond)
	})
	runWith(t, Config{FailureArchive: archive}, InMemory(), &webhooks{}, func(e *Engine, _ []Hold) {
		if got := e.Failures(FailureQuery{Limit: 1000}); len(got) != 601 || !strings.Contains(got[0].Message, "id=id-last") {
			t.Errorf("%d failures, %.200v", len(got), got)
		}
	})
}

func TestFailuresAreForgottenInTime(t *testing.T) {
	archive := &memoryArchive{}
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 403} }}
	runWith(t, Config{FailureArchive: archive, KeepFailures: time.Hour}, InMemory(), hooks, func(e *Engine, _ []Hold) {
		e.Post(incoming("a"))
		time.Sleep(59 * time.Minute)
		if got := e.Failures(FailureQuery{}); len(got) != 1 {
			t.Errorf("%d failures", len(got))
		}
		time.Sleep(2 * time.Minute)
		if got := e.Failures(FailureQuery{}); len(got) != 0 {
			t.Errorf("%d failures", len(got))
		}
	})
}

func TestArchiveOnBackbone(t *testing.T) {
	dir := t.TempDir()
	b := openBackbone(t, dir)
	a := FailuresOnBackbone(b, time.Hour)
	for i := range 3 {
		if err := a.Append(t.Context(), fmt.Append(nil, "block ", i)); err != nil {
			t.Fatal(err)
		}
	}
	b.Close()
	var got []string
	a = FailuresOnBackbone(openBackbone(t, dir), time.Hour)
	err := a.Read(t.Context(), 100, func(block []byte) error { got = append(got, string(block)); return nil })
	if err != nil || strings.Join(got, ",") != "block 0,block 1,block 2" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestEmptyArchiveOnBackbone(t *testing.T) {
	a := FailuresOnBackbone(openBackbone(t, t.TempDir()), time.Hour)
	if err := a.Read(t.Context(), 100, func([]byte) error { return errors.New("a block") }); err != nil {
		t.Error(err)
	}
}
