package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// grid is an event of a subscription "sub".
func grid(lane, body string) Message {
	return Message{ID: "id-" + body, Policy: "eventgrid", Group: "sub", Lane: lane, URL: "http://app.test/events?code=secret", Body: []byte(body)}
}

func TestEventGridSchedule(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500} }}
	run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(48 * time.Hour)
		at := hooks.times("a")
		steps := []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute,
			30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}
		if len(at) != len(steps)+1 {
			t.Fatalf("%d attempts within the day", len(at))
		}
		for i, want := range steps {
			got := time.Duration(at[i+1]-at[i]) * time.Millisecond
			if got < want || got > want+want/20+time.Second {
				t.Errorf("attempt %d came %v after the one before, not %v", i+2, got, want)
			}
		}
		last := e.Attempts(Filter{ID: "id-a"}, 1)[0]
		if last.Result != Expired || last.Reason != "TimeToLiveExceeded" {
			t.Errorf("its end: %+v", last)
		}
	})
}

// TestRetriesAreSpread, so that what failed together does not return together.
func TestRetriesAreSpread(t *testing.T) {
	webhook, seen := &Message{URL: "https://app.test/"}, map[time.Duration]bool{}
	for range 100 {
		delay, _ := retryEventGrid(webhook, Outcome{Attempt: 7, Status: 500})
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
			hooks := &webhooks{answer: func(_, _ string, n int) reply {
				if n == 1 {
					return reply{status: status}
				}
				return reply{status: 200}
			}}
			run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
				e.Post(grid("call", "a"))
				time.Sleep(3 * time.Minute)
				if n := len(hooks.times("a")); n != posts {
					t.Errorf("%d posts", n)
				}
				want := Delivered
				if posts == 1 && status >= 400 {
					want = Failed
				}
				if got := e.Attempts(Filter{}, 1)[0]; got.Result != want {
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
			hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500} }}
			run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
				m := grid("call", "a")
				m.MaxAttempts, m.TTL = test.attempts, test.ttl
				e.Post(m)
				time.Sleep(48 * time.Hour)
				end := e.Attempts(Filter{}, 1)[0]
				if n := len(hooks.times("a")); n != test.posts || end.Reason != test.reason || end.Result != Expired {
					t.Errorf("%d posts, its end: %+v", n, end)
				}
			})
		})
	}
}

// TestTimeToLiveIsCheckedAtTheNextAttempt, not before: an event may outlive it
// until then.
func TestTimeToLiveIsCheckedAtTheNextAttempt(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500, after: 20 * time.Second} }}
	run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
		m := grid("call", "a")
		m.TTL = 90 * time.Second // over when the third attempt, of 80 s, has failed; the fourth would be at 160 s
		e.Post(m)
		time.Sleep(150 * time.Second)
		if a := e.Attempts(Filter{}, 1)[0]; a.Result != Retried {
			t.Errorf("before the next attempt: %+v", a)
		}
		time.Sleep(time.Minute)
		if a := e.Attempts(Filter{}, 1)[0]; a.Result != Expired || a.Reason != ReasonTime || len(hooks.times("a")) != 3 {
			t.Errorf("at the next attempt: %+v, posted at %v ms", a, hooks.times("a"))
		}
	})
}

func TestOneCallsEventsWaitForTheAnswerOthersDoNot(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if body == "slow" {
			return reply{status: 200, after: 20 * time.Second}
		}
		return reply{status: 200}
	}}
	run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
		e.Post(grid("call 1", "slow"), grid("call 1", "next"), grid("call 2", "other"))
		time.Sleep(time.Minute)
		if got := append(hooks.times("next"), hooks.times("other")...); !slices.Equal(got, []int64{20_000, 0}) {
			t.Errorf("posted at %v ms", got)
		}
	})
}

func TestEventGridRetriesDoNotHoldTheLane(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, n int) reply {
		if body == "a" && n == 1 {
			return reply{status: 500}
		}
		return reply{status: 200}
	}}
	run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
		e.Post(grid("call", "a"), grid("call", "b"))
		time.Sleep(time.Minute)
		if got := hooks.times("b"); !slices.Equal(got, []int64{0}) {
			t.Errorf("b was posted at %v ms", got)
		}
	})
}

func TestUnansweredAttemptEndsAfterThirtySeconds(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply {
		if n == 1 {
			return reply{status: 200, after: time.Hour}
		}
		return reply{status: 200}
	}}
	run(t, InMemory(), hooks, func(e *Engine, _ []Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(2 * time.Minute)
		if at := hooks.times("a"); len(at) != 2 || at[1] < 40_000 || at[1] > 41_500 {
			t.Errorf("posted at %v ms", at)
		}
		first := e.Attempts(Filter{Result: Retried}, 1)[0]
		if first.Error != "no answer within 30s" || first.Latency != 30*time.Second || first.Status != 0 {
			t.Errorf("its record: %+v", first)
		}
	})
}

func TestLongRestingBodyComesBackFromTheJournal(t *testing.T) {
	body := strings.Repeat("b", 1000)
	hooks := &webhooks{answer: func(_, _ string, n int) reply { return reply{status: map[bool]int{true: 500, false: 200}[n < 6]} }}
	journal := InMemory()
	run(t, journal, hooks, func(e *Engine, _ []Hold) {
		m := grid("call", body)
		m.Header = map[string]string{"Aeg-Event-Type": "Notification"}
		e.Post(m)
		time.Sleep(2 * time.Minute)
		e.ask(func() {
			for r := range e.groups["sub"].members {
				if !r.bodyAway || r.msg.Body != nil {
					t.Error("the body of a long-resting message stays in memory")
				}
			}
		})
		time.Sleep(time.Hour)
		if at := hooks.times(body); len(at) != 6 {
			t.Fatalf("posted at %v ms", at)
		}
		for _, h := range hooks.got {
			if h.header.Get("Aeg-Event-Type") != "Notification" {
				t.Error("a header got lost")
			}
		}
		if n := journal.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
	})
}
