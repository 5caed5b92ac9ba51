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

func TestLastWaitsForEveryLaneOfItsGroup(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if body == "other" {
			return reply{status: 200, after: 3 * time.Second}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		last := callback(hook, "last")
		last.Last = true
		e.Post(callback("http://other.test/", "other"), callback(hook, "a"), last)
		time.Sleep(time.Minute)
		if got := hooks.times("last"); !slices.Equal(got, []int64{3000}) {
			t.Errorf("last was posted at %v ms", got)
		}
	})
}

func TestLastDropsWhatIsUndeliveredAfterFiveSeconds(t *testing.T) {
	hooks := &webhooks{answer: func(url, _ string, _ int) reply {
		if strings.Contains(url, "dead") {
			return reply{status: 503}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		last := callback(hook, "last")
		last.Last = true
		e.Post(callback("http://dead.test/", "never"), callback("http://dead.test/", "behind"), last, callback(hook, "late"))
		time.Sleep(2 * time.Minute)
		if got := hooks.times("last"); !slices.Equal(got, []int64{5000}) {
			t.Errorf("last was posted at %v ms", got)
		}
		for _, id := range []string{"id-never", "id-behind", "id-late"} {
			if a := e.Attempts(history.Filter{ID: id, Result: history.Dropped}, 1); len(a) != 1 {
				t.Errorf("%s was not recorded as dropped", id)
			}
		}
		if never := hooks.times("never"); never[len(never)-1] > 5000 {
			t.Errorf("the dropped one was still posted: %v", never)
		}
		if len(hooks.times("late")) != 0 {
			t.Error("something followed the last event")
		}
		if n := e.open.Load(); n != 0 {
			t.Errorf("%d messages are still open", n)
		}
	})
}

func TestLastWaitsForWhatIsQueuedAtABusyDestination(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200, after: 4 * time.Second} }}
	runWith(t, Config{PerDestination: 1}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 3 {
			other := callback(hook, fmt.Sprint("other", i))
			other.Group, other.Lane = other.ID, other.ID
			e.Post(other)
		}
		last := callback(hook, "last")
		last.Last = true
		e.Post(callback(hook, "a"), callback(hook, "b"), last)
		time.Sleep(5 * time.Minute)
		for body, want := range map[string]int64{"a": 12_000, "b": 16_000, "last": 20_000} {
			if got := hooks.times(body); !slices.Equal(got, []int64{want}) {
				t.Errorf("%s was posted at %v ms, want %d", body, got, want)
			}
		}
	})
}

func TestLastIsRetriedForAMinute(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		last := callback(hook, "last")
		last.Last = true
		e.Post(last)
		time.Sleep(10 * time.Minute)
		at := hooks.times("last")
		if end := at[len(at)-1]; end < 40_000 || end > 60_000 {
			t.Errorf("last was posted at %v ms", at)
		}
		if a := e.Attempts(history.Filter{}, 1); a[0].Result != history.Failed {
			t.Errorf("its end: %+v", a[0])
		}
	})
}
