package eventgrid

import (
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/deliverytest"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/eventgrid/sender"
)

// gridPolicy is an engine's configuration with nothing but this policy.
func gridPolicy() delivery.Config {
	return delivery.Config{Policies: map[string]delivery.Policy{PolicyName: Policy(nil)}}
}

// toGrid is an event of a subscription "sub".
func toGrid(lane, body string) delivery.Message {
	return delivery.Message{ID: "id-" + body, Policy: PolicyName, Group: "sub", Lane: lane, URL: "http://app.test/events?code=secret", Body: []byte(body)}
}

func TestEventGridSchedule(t *testing.T) {
	hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply { return deliverytest.Reply{Status: 500} }}
	deliverytest.Run(t, gridPolicy(), hooks, func(t *testing.T, e *delivery.Engine) {
		e.Post(toGrid("call", "a"))
		time.Sleep(48 * time.Hour)
		at := hooks.Times("a")
		steps := []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute,
			30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}
		if len(at) != len(steps)+1 {
			t.Fatalf("%d attempts within the day", len(at))
		}
		for i, want := range steps {
			got := at[i+1] - at[i]
			if got < want || got > want+want/20+time.Second {
				t.Errorf("attempt %d came %v after the one before, not %v", i+2, got, want)
			}
		}
		last := e.Attempts(history.Filter{ID: "id-a"}, 1)[0]
		if last.Result != history.Expired || last.Reason != "TimeToLiveExceeded" {
			t.Errorf("its end: %+v", last)
		}
	})
}

// TestRetriesAreSpread, so that what failed together does not return together.
func TestRetriesAreSpread(t *testing.T) {
	webhook, seen := &delivery.Message{URL: "https://app.test/"}, map[time.Duration]bool{}
	for range 100 {
		delay, _ := retry(webhook, delivery.Outcome{Attempt: 7, Status: 500})
		seen[delay.Round(time.Second)] = true
	}
	if len(seen) < 20 {
		t.Errorf("a hundred retries after an hour come at %d moments", len(seen))
	}
}

func TestEventGridAnswers(t *testing.T) {
	for status, posts := range map[int]int{
		200: 1, 201: 1, 202: 1, 203: 1, 204: 1, // success
		400: 1, 401: 1, 403: 1, 413: 1, // never retried
		205: 2, 301: 2, 404: 2, 408: 2, 500: 2, 503: 2, 0: 2,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			hooks := &deliverytest.Webhooks{Answer: func(_, _ string, n int) deliverytest.Reply {
				if n == 1 {
					return deliverytest.Reply{Status: status}
				}
				return deliverytest.Reply{Status: 200}
			}}
			deliverytest.Run(t, gridPolicy(), hooks, func(t *testing.T, e *delivery.Engine) {
				e.Post(toGrid("call", "a"))
				time.Sleep(3 * time.Minute)
				if n := len(hooks.Times("a")); n != posts {
					t.Errorf("%d posts", n)
				}
				want := history.Delivered
				if posts == 1 && status >= 400 {
					want = history.Failed
				}
				if got := e.Attempts(history.Filter{}, 1)[0]; got.Result != want {
					t.Errorf("its end: %+v", got)
				}
			})
		})
	}
}

func TestEventGridAttemptsAndTimeToLive(t *testing.T) {
	for _, test := range []struct {
		name     string
		attempts int
		ttl      time.Duration
		posts    int
		reason   string
	}{
		// What Azure recommends for IncomingCall, which rings 30 s.
		{"two attempts within a minute", 2, time.Minute, 2, "MaxDeliveryAttemptsExceeded"},
		{"one attempt", 1, 0, 1, "MaxDeliveryAttemptsExceeded"},
		{"thirty minutes", 0, 30 * time.Minute, 6, "TimeToLiveExceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply { return deliverytest.Reply{Status: 500} }}
			deliverytest.Run(t, gridPolicy(), hooks, func(t *testing.T, e *delivery.Engine) {
				m := toGrid("call", "a")
				m.MaxAttempts, m.TTL = test.attempts, test.ttl
				e.Post(m)
				time.Sleep(48 * time.Hour)
				end := e.Attempts(history.Filter{}, 1)[0]
				if n := len(hooks.Times("a")); n != test.posts || end.Reason != test.reason || end.Result != history.Expired {
					t.Errorf("%d posts, its end: %+v", n, end)
				}
			})
		})
	}
}

func TestRetriesByKindOfDestination(t *testing.T) {
	webhook, queue := &delivery.Message{URL: "https://app.test/"}, &delivery.Message{URL: sender.QueueURL("acme", "q", 0)}
	for _, test := range []struct {
		name  string
		m     *delivery.Message
		o     delivery.Outcome
		again bool
		least time.Duration
	}{
		{"webhook 401", webhook, delivery.Outcome{Attempt: 1, Status: 401}, false, 0},
		{"webhook 404", webhook, delivery.Outcome{Attempt: 1, Status: 404}, true, 10 * time.Second},
		{"webhook 408", webhook, delivery.Outcome{Attempt: 1, Status: 408}, true, 2 * time.Minute},
		{"webhook 503", webhook, delivery.Outcome{Attempt: 1, Status: 503}, true, 30 * time.Second},
		{"webhook 429 that asks for time", webhook, delivery.Outcome{Attempt: 1, Status: 429, RetryAfter: 90 * time.Second}, true, 90 * time.Second},
		{"webhook that asks for a day", webhook, delivery.Outcome{Attempt: 1, Status: 503, RetryAfter: 24 * time.Hour}, true, time.Hour},
		{"refused address", webhook, delivery.Outcome{Attempt: 1, Err: delivery.ErrAddressRefused}, false, 0},
		{"queue 400", queue, delivery.Outcome{Attempt: 1, Status: 400}, false, 0},
		{"queue 401", queue, delivery.Outcome{Attempt: 1, Status: 401}, true, 5 * time.Minute},
		{"queue 403", queue, delivery.Outcome{Attempt: 1, Status: 403}, false, 0},
		{"queue 404", queue, delivery.Outcome{Attempt: 1, Status: 404}, true, 5 * time.Minute},
		{"queue 413", queue, delivery.Outcome{Attempt: 1, Status: 413}, false, 0},
		{"queue 404, later", queue, delivery.Outcome{Attempt: 7, Status: 404}, true, time.Hour},
	} {
		delay, again := retry(test.m, test.o)
		if again != test.again || again && (delay < test.least || delay > test.least+test.least/10) {
			t.Errorf("%s: again %v after %v", test.name, again, delay)
		}
	}
}
func TestProbationByKindOfFailure(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		first  time.Duration
	}{
		{"busy", 503, 10 * time.Second}, {"timed out", 408, 10 * time.Second}, {"generic", 500, 10 * time.Second},
		{"not found", 404, 5 * time.Minute}, {"full", 507, 5 * time.Minute}, {"gone", 410, 5 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply { return deliverytest.Reply{Status: test.status} }}
			deliverytest.Run(t, gridPolicy(), hooks, func(t *testing.T, e *delivery.Engine) {
				for i := range 10 {
					e.Post(toGrid(fmt.Sprint(i), fmt.Sprint("failed", i)))
				}
				time.Sleep(time.Second)
				e.Post(toGrid("new", "new"))
				time.Sleep(time.Hour)
				at := hooks.Times("new")
				if len(at) == 0 || at[0] < test.first || at[0] > test.first+25*time.Minute {
					t.Errorf("the new event was posted at %v, not after %v", at, test.first)
				}
			})
		})
	}
}
