package report

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/deliverytest"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/history/historytest"
)

// run starts an engine whose policies are observed, in a bubble.
func run(t *testing.T, cfg Config, hooks *deliverytest.Webhooks, test func(t *testing.T, e *delivery.Engine, r *Report)) {
	t.Helper()
	var r *Report
	policy := delivery.Policy{Retry: func(_ *delivery.Message, o delivery.Outcome) (time.Duration, bool) {
		return time.Hour, o.Status >= 500 || o.Status == 404
	}, Timeout: 30 * time.Second}
	policies := map[string]delivery.Policy{"callback": policy}
	policy.Observer = observer{&r}
	policies["deadletter"] = policy
	policy.Undelivered = func(u delivery.Undelivered) []delivery.Message {
		if u.Message.DeadLetter == "" {
			return nil
		}
		dead := u.Message
		dead.Policy, dead.URL, dead.DeadLetterReason, dead.MaxAttempts = "deadletter", u.Message.DeadLetter, u.Reason, 0
		return []delivery.Message{dead}
	}
	policies["eventgrid"] = policy
	deliverytest.Run(t, delivery.Config{Policies: policies}, hooks, func(t *testing.T, e *delivery.Engine) {
		r = New(cfg, slog.New(slog.DiscardHandler))
		r.Start(t.Context())
		defer r.Close()
		test(t, e, r)
	})
}

// observer is a Report that is made inside the bubble, as its goroutines must be.
type observer struct{ report **Report }

func (o observer) Accepted(m *delivery.Message, took time.Duration) { (*o.report).Accepted(m, took) }
func (o observer) Attempted(a delivery.Attempted)                   { (*o.report).Attempted(a) }
func (o observer) Forgotten(group string)                           { (*o.report).Forgotten(group) }
func (o observer) Ended(m *delivery.Message, how history.Result, why string) {
	(*o.report).Ended(m, how, why)
}

// incoming is an IncomingCall of a subscription.
func incoming(body string) delivery.Message {
	return delivery.Message{
		ID: "id-" + body, Policy: "eventgrid", Group: "INCOMING", Lane: "call " + body, URL: "http://app.test/events?code=secret", Body: []byte(body),
		Event: delivery.Event{Subscription: "INCOMING", Schema: "EventGridSchema", Type: "Microsoft.Communication.IncomingCall", Time: time.Date(2026, 3, 4, 15, 6, 7, 0, time.UTC)},
	}
}

func callback() delivery.Message {
	return delivery.Message{ID: "callback", Policy: "callback", URL: "http://app.test/callbacks", Body: []byte("callback")}
}

func TestFailureIsLoggedAsAzureDoes(t *testing.T) {
	hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply {
		return deliverytest.Reply{Status: 404, After: 12 * time.Millisecond}
	}}
	run(t, Config{ResourceID: "/subscriptions/s/acs"}, hooks, func(t *testing.T, e *delivery.Engine, r *Report) {
		e.Post(incoming("a"))
		time.Sleep(time.Second)
		got := r.Failures(FailureQuery{Where: "incomingCall", Limit: 10})
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
	hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply { return deliverytest.Reply{Status: 500} }}
	run(t, Config{}, hooks, func(t *testing.T, e *delivery.Engine, r *Report) {
		other := incoming("other")
		other.Event.Subscription = "OTHER"
		e.Post(incoming("a"), other, callback())
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
			if got := r.Failures(test.q); len(got) != test.want {
				t.Errorf("%s: %d failures", test.name, len(got))
			}
		}
		if got := r.Failures(FailureQuery{Limit: 1}); !strings.Contains(got[0].Message, "id=id-b") {
			t.Errorf("the newest is not first: %+v", got)
		}
	})
}

func TestFailuresSurviveARestartInGroups(t *testing.T) {
	archive := &historytest.Archive{}
	hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply { return deliverytest.Reply{Status: 400} }}
	run(t, Config{Failures: history.Config{Archive: archive}}, hooks, func(t *testing.T, e *delivery.Engine, r *Report) {
		for i := range 600 {
			e.Post(incoming(fmt.Sprint(i)))
		}
		time.Sleep(10 * time.Second)
		if n := archive.Len(); n < 3 || n > 5 {
			t.Errorf("600 failures took %d writes", n)
		}
		e.Post(incoming("last")) // archived by Stop
		time.Sleep(time.Millisecond)
	})
	run(t, Config{Failures: history.Config{Archive: archive}}, &deliverytest.Webhooks{}, func(t *testing.T, _ *delivery.Engine, r *Report) {
		if got := r.Failures(FailureQuery{Limit: 1000}); len(got) != 601 || !strings.Contains(got[0].Message, "id=id-last") {
			t.Errorf("%d failures, %.200v", len(got), got)
		}
	})
}

func TestFailuresAreForgottenInTime(t *testing.T) {
	archive := &historytest.Archive{}
	hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply { return deliverytest.Reply{Status: 403} }}
	run(t, Config{Failures: history.Config{Archive: archive, Keep: time.Hour}}, hooks, func(t *testing.T, e *delivery.Engine, r *Report) {
		e.Post(incoming("a"))
		time.Sleep(59 * time.Minute)
		if got := r.Failures(FailureQuery{}); len(got) != 1 {
			t.Errorf("%d failures", len(got))
		}
		time.Sleep(2 * time.Minute)
		if got := r.Failures(FailureQuery{}); len(got) != 0 {
			t.Errorf("%d failures", len(got))
		}
	})
}
