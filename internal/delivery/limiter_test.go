package delivery

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// granted is an event of a subscription whose endpoint grants a rate.
func granted(body string, perMinute int) Message {
	m := grid("call "+body, body)
	m.PerMinute = perMinute
	return m
}

// allTimes are when each POST began.
func (w *webhooks) allTimes() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var at []time.Duration
	for _, h := range w.got {
		at = append(at, h.at)
	}
	return at
}

// busiest is how many POSTs the busiest minute had, whenever it began.
func busiest(at []time.Duration) (most int) {
	for i := range at {
		n := 0
		for _, other := range at[i:] {
			if other < at[i]+time.Minute {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// queuedAndPaced are how many messages are queued, and how many paces there are.
func (e *Engine) queuedAndPaced() (n [2]int) {
	e.inTurn(func() { n = [2]int{e.inQueues, len(e.limiters)} })
	return n
}

func TestGrantedRateIsKeptTo(t *testing.T) {
	for _, test := range []struct{ rate, events, minutes int }{
		{1, 5, 5}, {7, 30, 5}, {10, 40, 5}, {60, 200, 4}, {600, 2000, 4}, {6000, 6500, 2},
	} {
		if testing.Short() && test.rate > 600 {
			continue
		}
		t.Run(fmt.Sprint(test.rate), func(t *testing.T) {
			hooks := &webhooks{}
			run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
				for i := range test.events {
					e.Post(granted(fmt.Sprint(i), test.rate))
				}
				e.Post(grid("free", "free"), callback(hook, "callback")) // nobody limits these
				time.Sleep(time.Duration(test.minutes) * time.Minute)
				at := hooks.allTimes()
				if len(at) != test.events+2 {
					t.Fatalf("%d of %d events in %d minutes", len(at), test.events, test.minutes)
				}
				if hooks.times("free")[0] != 0 || hooks.times("callback")[0] != 0 {
					t.Errorf("those without a limit were delivered at %v, %v", hooks.times("free"), hooks.times("callback"))
				}
				if got := busiest(at[2:]); got > test.rate+2 {
					t.Errorf("%d POSTs in a minute", got)
				}
				// It is not wasted either: the last leaves when the rate lets it.
				whole := time.Duration(test.events-1) * time.Minute / time.Duration(test.rate)
				if last := at[len(at)-1]; last > whole+whole/4+time.Second {
					t.Errorf("the last was delivered after %v", last)
				}
			})
		})
	}
}

func TestRateOutlivesItsEvents(t *testing.T) {
	hooks := &webhooks{}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 4 {
			e.Post(granted(fmt.Sprint(i), 1))
			time.Sleep(20 * time.Second)
		}
		time.Sleep(5 * time.Minute)
		if got := hooks.allTimes(); len(got) != 4 || busiest(got) != 1 {
			t.Errorf("delivered at %v", got)
		}
		if e.queuedAndPaced()[1] != 0 {
			t.Error("the pace is not forgotten")
		}
	})
}

func TestRetriesAreWithinTheRate(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply { return reply{status: map[bool]int{true: 500, false: 200}[n <= 2]} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 5 {
			e.Post(granted(fmt.Sprint(i), 3))
		}
		time.Sleep(time.Hour)
		if got := hooks.allTimes(); len(got) != 15 || busiest(got) > 3 {
			t.Errorf("%d POSTs, %d in a minute, at %v", len(got), busiest(got), got)
		}
	})
}

func TestBatchIsOneRequestOfTheRate(t *testing.T) {
	hooks := &webhooks{}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 60 {
			m := granted(fmt.Sprintf("[%d]", i), 2)
			m.Batch = Batch{Key: "sub", MaxEvents: 10, PreferredKB: 64}
			e.Post(m)
		}
		time.Sleep(10 * time.Minute)
		if got := hooks.allTimes(); len(got) < 6 || len(got) > 7 || busiest(got) > 2 {
			t.Errorf("%d POSTs, %d in a minute, at %v", len(got), busiest(got), got)
		}
		if n := e.queuedAndPaced()[0]; n != 0 {
			t.Errorf("%d wait", n)
		}
	})
}

func TestEventThatWaitsForTheRateMayExpireAndBeDropped(t *testing.T) {
	hooks := &webhooks{}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 10 {
			m := granted(fmt.Sprint(i), 1)
			m.TTL = 150 * time.Second
			e.Post(m)
		}
		time.Sleep(4 * time.Minute)
		if got := hooks.allTimes(); len(got) != 3 {
			t.Errorf("delivered at %v", got)
		}
		if got := e.Attempts(history.Filter{Result: history.Expired}, 100); len(got) != 7 {
			t.Errorf("%d have expired", len(got))
		}
		for i := range 10 {
			e.Post(granted(fmt.Sprint("more", i), 1))
		}
		time.Sleep(time.Second)
		e.ForgetSubscription("sub")
		time.Sleep(5 * time.Minute)
		if got, n := e.open.Load(), e.queuedAndPaced(); got != 0 || n != [2]int{} {
			t.Errorf("%d are open, %d wait for %d paces", got, n[0], n[1])
		}
	})
}

func TestAttemptThatIsNotReadyIsFollowedByAnother(t *testing.T) {
	p := policies()
	calls := 0
	withToken := p["eventgrid"]
	withToken.Prepare = func(context.Context, Header, *Message, int) error {
		if calls++; calls == 1 {
			return fmt.Errorf("%w: the issuer is down", ErrNotReady)
		}
		return nil
	}
	p["eventgrid"] = withToken
	hooks := &webhooks{}
	runWith(t, Config{Policies: p}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(time.Minute)
		first := e.Attempts(history.Filter{Result: history.Retried}, 10)
		if len(hooks.times("a")) != 1 || len(first) != 1 || first[0].Error != "not sent: not ready to be sent: the issuer is down" {
			t.Errorf("delivered at %v; first %+v", hooks.times("a"), first)
		}
	})
}

func TestEventThatExpiresInAQueueIsCountedOnce(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200, after: 20 * time.Second} }}
	runWith(t, Config{PerDestination: 1}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 6 {
			m := grid(fmt.Sprint("call", i), fmt.Sprint(i))
			m.TTL = 50 * time.Second
			e.Post(m)
		}
		time.Sleep(2 * time.Minute)
		if got := e.Attempts(history.Filter{Result: history.Expired}, 10); len(got) != 3 || e.queuedAndPaced()[0] != 0 {
			t.Errorf("%d have expired, %d wait", len(got), e.queuedAndPaced()[0])
		}
	})
}
