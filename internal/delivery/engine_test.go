package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

func TestLaneKeepsOrder(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: 200, after: time.Duration(len(body)%3) * 50 * time.Millisecond}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		var want []string
		for i := range 50 {
			body := strings.Repeat("x", i%7) + fmt.Sprint(i)
			want = append(want, body)
			e.Post(callback(hook, body))
		}
		time.Sleep(time.Minute)
		if got := hooks.bodies(); !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	})
}

func TestNextStartsWhenThePreviousIsAnswered(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, _ int) reply { return reply{status: 200, after: 100 * time.Millisecond} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, "a"), callback(hook, "b"))
		time.Sleep(time.Second)
		if got := hooks.times("b"); !slices.Equal(got, []int64{100}) {
			t.Errorf("b was posted at %v ms", got)
		}
	})
}

func TestHandlerMayAwaitTheNextEventAfter250ms(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if body == "slow" {
			return reply{status: 200, after: 20 * time.Second}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, "slow"), callback(hook, "b"), callback(hook, "c"))
		time.Sleep(time.Minute)
		if got := append(hooks.times("b"), hooks.times("c")...); !slices.Equal(got, []int64{250, 250}) {
			t.Errorf("b and c were posted at %v ms", got)
		}
	})
}

func TestRetryHoldsTheLaneFiveSecondsThenGoesBeside(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, n int) reply {
		if body == "a" && n < 9 {
			return reply{status: 503}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, "a"), callback(hook, "b"))
		time.Sleep(3 * time.Minute)
		if got := hooks.times("b"); !slices.Equal(got, []int64{5000}) {
			t.Errorf("b was posted at %v ms", got)
		}
		a := hooks.times("a")
		if len(a) != 9 || a[4] > 5000 || a[8] < 5000 {
			t.Errorf("a was posted at %v ms", a)
		}
	})
}

func TestRetryThatSucceedsFreesTheLane(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, n int) reply {
		if body == "a" && n == 1 {
			return reply{status: 500}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, "a"), callback(hook, "b"))
		time.Sleep(time.Minute)
		if got := hooks.bodies(); !slices.Equal(got, []string{"a", "a", "b"}) {
			t.Errorf("got %v", got)
		}
		if at := hooks.times("b")[0]; at < 200 || at > 260 {
			t.Errorf("b was posted at %d ms", at)
		}
	})
}

func TestAnswersOfCallbacks(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		posts  int
		result history.Result
	}{
		{"ok", 200, 1, history.Delivered}, {"no content", 204, 1, history.Delivered}, {"odd success", 299, 1, history.Delivered},
		{"redirect", 302, 1, history.Failed}, {"bad request", 400, 1, history.Failed}, {"gone", 410, 1, history.Failed},
		{"timeout", 408, 2, history.Delivered}, {"throttled", 429, 2, history.Delivered}, {"server error", 500, 2, history.Delivered},
		{"refused", 0, 2, history.Delivered},
	} {
		t.Run(test.name, func(t *testing.T) {
			hooks := &webhooks{answer: func(_, _ string, n int) reply {
				if n == 1 {
					return reply{status: test.status, header: map[string]string{"Location": "http://elsewhere.test/"}}
				}
				return reply{status: 200}
			}}
			run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
				e.Post(callback(hook, "a"))
				time.Sleep(10 * time.Second)
				attempts := e.Attempts(history.Filter{ID: "id-a"}, 10)
				if len(attempts) != test.posts || attempts[0].Result != test.result || len(hooks.bodies()) != test.posts {
					t.Errorf("%d posts, attempts %+v", len(hooks.bodies()), attempts)
				}
			})
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply {
		if n == 1 {
			return reply{status: 429, header: map[string]string{"Retry-After": "7"}}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, "a"))
		time.Sleep(time.Minute)
		if got := hooks.times("a"); len(got) != 2 || got[1] != 7000 {
			t.Errorf("posted at %v ms", got)
		}
	})
}

func TestDeadEndpointStallsNoOther(t *testing.T) {
	hooks := &webhooks{answer: func(url, _ string, _ int) reply {
		if strings.Contains(url, "dead") {
			return reply{after: time.Hour} // never answers
		}
		return reply{status: 200, after: 10 * time.Millisecond}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 300 {
			dead := Message{Policy: "callback", Lane: fmt.Sprint("d", i), URL: "http://dead.test/", Body: []byte("dead"), TTL: 3 * time.Minute}
			well := Message{Policy: "callback", Lane: fmt.Sprint("w", i), URL: "http://well.test/", Body: []byte(fmt.Sprint("well", i))}
			e.Post(dead, well)
		}
		time.Sleep(time.Second)
		for i := range 300 {
			if at := hooks.times(fmt.Sprint("well", i)); len(at) != 1 || at[0] > 60 {
				t.Fatalf("well%d was posted at %v ms", i, at)
			}
		}
		if n := len(hooks.times("dead")); n != 64 {
			t.Errorf("%d attempts at once for the dead one", n)
		}
		time.Sleep(4*time.Minute - time.Second)
		// One probe at a time holds until its timeout, after the first 64.
		if n := len(hooks.times("dead")); n < 65 || n > 80 {
			t.Errorf("%d attempts for the dead one; the breaker did not open", n)
		}
		if n := e.open.Load(); n != 0 {
			t.Errorf("%d messages outlive their time", n)
		}
		e.inTurn(func() {
			if len(e.destinations)+len(e.lanes)+len(e.groups) != 0 {
				t.Errorf("%d destinations, %d lanes, %d groups remain", len(e.destinations), len(e.lanes), len(e.groups))
			}
		})
	})
}

func TestBreakerClosesWithTheFirstAnswer(t *testing.T) {
	up := time.Minute
	hooks := &webhooks{}
	hooks.answer = func(string, string, int) reply {
		if time.Since(hooks.begun) < up {
			return reply{}
		}
		return reply{status: 200}
	}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 40 {
			e.Post(Message{Policy: "callback", Lane: fmt.Sprint(i), URL: hook, Body: []byte(fmt.Sprint(i))})
		}
		time.Sleep(up + 6*time.Second)
		for i := range 40 {
			at := hooks.times(fmt.Sprint(i))
			if end := at[len(at)-1]; end < up.Milliseconds() || end > up.Milliseconds()+5500 {
				t.Errorf("%d was posted at %v ms", i, at)
			}
		}
	})
}

func TestDropForgetsAGroup(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 503} }}
	memory := journal.InMemory()
	run(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 10 {
			e.Post(Message{Policy: "eventgrid", Group: "sub", Lane: fmt.Sprint(i), URL: hook, Body: []byte("x")})
		}
		time.Sleep(time.Second)
		e.ForgetSubscription("sub")
		time.Sleep(24 * time.Hour)
		if n := len(hooks.bodies()); n != 10 {
			t.Errorf("%d posts", n)
		}
		if n := memory.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
	})
}
