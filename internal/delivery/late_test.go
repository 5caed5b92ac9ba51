package delivery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

func TestLateAnswerEndsTheRetries(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200, after: 35 * time.Second} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a")) // would be posted again at 40 s
		time.Sleep(time.Hour)
		if at := hooks.times("a"); !slices.Equal(at, []int64{0}) {
			t.Errorf("posted at %v ms", at)
		}
		a := e.Attempts(history.Filter{}, 10)
		if len(a) != 2 || a[0].Result != history.Delivered || a[0].Status != 200 || a[1].Result != history.Retried {
			t.Errorf("attempts %+v", a)
		}
	})
}

func TestLateAnswerDuringTheNextAttemptCounts(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply {
		if n == 1 {
			return reply{status: 200, after: 45 * time.Second} // the second attempt is made at 40 s
		}
		return reply{status: 500, after: 20 * time.Second}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(time.Hour)
		if at := hooks.times("a"); len(at) != 2 {
			t.Errorf("posted at %v ms", at)
		}
		if a := e.Attempts(history.Filter{}, 1); a[0].Result != history.Delivered {
			t.Errorf("its end: %+v", a[0])
		}
	})
}

func TestAnswerAfterThreeMinutesIsTooLate(t *testing.T) {
	for _, test := range []struct {
		after time.Duration
		end   history.Result
	}{{179 * time.Second, history.Delivered}, {181 * time.Second, history.Expired}} {
		hooks := &webhooks{answer: func(_, _ string, n int) reply {
			if n == 1 {
				return reply{status: 200, after: test.after}
			}
			return reply{status: 500}
		}}
		run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
			e.Post(grid("call", "a"))
			time.Sleep(48 * time.Hour)
			if a := e.Attempts(history.Filter{}, 1); a[0].Result != test.end {
				t.Errorf("its end, with an answer after %s: %+v", test.after, a[0])
			}
			if at := hooks.times("a"); len(at) < 2 || at[1] < 40_000 || len(at) > 4 && test.end == history.Delivered {
				t.Errorf("posted at %v ms, with an answer after %s", at, test.after)
			}
		})
	}
}

func TestLateFailureChangesNothing(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply {
		if n == 1 {
			return reply{status: 400, after: 35 * time.Second}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(time.Hour)
		if at := hooks.times("a"); len(at) != 2 || e.open.Load() != 0 {
			t.Errorf("posted at %v ms, %d open", at, e.open.Load())
		}
	})
}

func TestLateAnswersShowThatTheEndpointLives(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: 200, after: map[bool]time.Duration{false: 35 * time.Second}[body == "new"]}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 12 { // enough for the breaker and for probation
			e.Post(grid(fmt.Sprint(i), fmt.Sprint("slow", i)))
		}
		time.Sleep(36 * time.Second)
		e.Post(grid("new", "new"))
		time.Sleep(time.Hour)
		if at := hooks.times("new"); !slices.Equal(at, []int64{36_000}) {
			t.Errorf("the new event was posted at %v ms", at)
		}
		if n := len(hooks.bodies()); n != 13 {
			t.Errorf("%d posts", n)
		}
	})
}
