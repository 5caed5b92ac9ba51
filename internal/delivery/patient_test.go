package delivery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// taken is a message to an application that may never answer.
func taken(body string) Message {
	m := callback(hook, body)
	m.Policy = "patient"
	return m
}

func never(string, string, int) reply { return reply{after: time.Hour} }

func TestApplicationThatNeverAnswersGetsEachEventOnce(t *testing.T) {
	hooks := &webhooks{answer: never}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 100 { // more than may be under way at once, and than open a circuit
			e.Post(taken(fmt.Sprint(i)))
			time.Sleep(2 * time.Second)
			if at := hooks.times(fmt.Sprint(i)); len(at) != 1 || at[0] > int64(i)*2000+300 {
				t.Fatalf("event %d was posted at %v ms", i, at)
			}
		}
		last := taken("last")
		last.Last = true
		e.Post(last)
		time.Sleep(time.Hour)
		if n := len(hooks.bodies()); n != 101 {
			t.Errorf("%d posts", n)
		}
		if n := e.open.Load(); n != 0 {
			t.Errorf("%d messages outlive their call", n)
		}
		if a := e.Attempts(history.Filter{}, 1); a[0].Result != history.Failed {
			t.Errorf("the last one's end: %+v", a[0])
		}
	})
}

func TestUnansweredEventIsSentAgainWhenItsConnectionEnds(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply {
		if n == 1 {
			return reply{after: 2 * time.Minute} // the application is killed
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(taken("a"), taken("b"))
		time.Sleep(time.Hour)
		for _, body := range []string{"a", "b"} {
			if at := hooks.times(body); len(at) != 2 || at[1] < 120_000 || at[1] > 121_000 {
				t.Errorf("%s was posted at %v ms", body, at)
			}
		}
		if a := e.Attempts(history.Filter{}, 1); a[0].Result != history.Delivered {
			t.Errorf("the end: %+v", a[0])
		}
	})
}

func TestLateAnswerDecides(t *testing.T) {
	for _, test := range []struct {
		status int
		posts  int
		end    history.Result
	}{{200, 1, history.Delivered}, {404, 1, history.Failed}, {503, 2, history.Delivered}} {
		hooks := &webhooks{answer: func(_, _ string, n int) reply {
			if n == 1 {
				return reply{status: test.status, after: 5 * time.Minute}
			}
			return reply{status: 200}
		}}
		run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
			e.Post(taken("a"))
			time.Sleep(time.Hour)
			if at := hooks.times("a"); len(at) != test.posts {
				t.Errorf("%d: posted at %v ms", test.status, at)
			}
			if a := e.Attempts(history.Filter{}, 1); a[0].Result != test.end {
				t.Errorf("%d: the end is %+v", test.status, a[0])
			}
		})
	}
}

func TestUnansweredEventsSurviveAStopAndAKill(t *testing.T) {
	for _, wait := range []time.Duration{time.Second, time.Minute} {
		stopped := journal.InMemory()
		killed := crash(t, stopped, &webhooks{answer: never}, func(e *Engine, _ []journal.Hold) {
			e.Post(taken("a"))
			flush(t, e)
			time.Sleep(wait)
		})
		for _, left := range []*journal.MemoryStore{killed, stopped} {
			hooks := &webhooks{}
			run(t, left, hooks, func(e *Engine, _ []journal.Hold) {
				time.Sleep(time.Minute)
				if got := hooks.bodies(); !slices.Equal(got, []string{"a"}) {
					t.Errorf("after %s: %v came", wait, got)
				}
			})
		}
	}
}

func TestUnansweredConnectionsAreBounded(t *testing.T) {
	const events = maxAwaited + 20
	hooks := &webhooks{answer: func(_, _ string, n int) reply { return reply{after: time.Hour} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range events {
			m := taken(fmt.Sprint(i))
			m.Lane = fmt.Sprint(i)
			e.Post(m)
		}
		time.Sleep(9 * time.Minute) // nine rounds of 64
		e.inTurn(func() {
			if n := len(e.sending); n > maxAwaited+64 || n < maxAwaited {
				t.Errorf("%d connections are open", n)
			}
		})
	})
}

func TestEventsThatAreNotAnsweredStallNoCallbacks(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if body == "grid" {
			return reply{after: time.Hour}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 100 {
			m := grid(fmt.Sprint(i), "grid")
			m.URL = hook
			e.Post(m)
		}
		time.Sleep(45 * time.Second)
		e.Post(taken("callback"))
		time.Sleep(time.Second)
		if at := hooks.times("callback"); !slices.Equal(at, []int64{45_000}) {
			t.Errorf("the callback was posted at %v ms", at)
		}
	})
}

// TestCircuitClosesForAnApplicationThatTakesAndNeverAnswers: after an outage it gets all
// that waited, as before it.
func TestCircuitClosesForAnApplicationThatTakesAndNeverAnswers(t *testing.T) {
	begun := time.Now()
	hooks := &webhooks{answer: func(string, string, int) reply {
		if time.Since(begun) < 10*time.Second {
			return reply{} // nobody listens
		}
		return reply{after: time.Hour}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		begun = time.Now()
		openCircuit(e)
		time.Sleep(20 * time.Second)
		for i := range 20 {
			m := taken(fmt.Sprint(i))
			m.Lane, m.Group = m.ID, m.ID
			e.Post(m)
		}
		time.Sleep(2 * time.Minute)
		for i := range 20 {
			if len(hooks.times(fmt.Sprint(i))) == 0 {
				t.Errorf("event %d was not sent", i)
			}
		}
	})
}

// openCircuit posts to an application that is down until nothing more is tried.
func openCircuit(e *Engine) {
	for i := range 12 {
		m := taken(fmt.Sprint("down", i))
		m.Lane, m.Group = m.ID, m.ID
		e.Post(m)
	}
}

// TestProbeThatIsNotAnsweredKeepsNothingWaiting: an application that never answers is
// restarted, which opens its circuit. The probe is an event that it takes; the next events
// of the same call, and those of others, do not wait for the time-out of the probe. One
// that does not even connect closes no circuit.
func TestProbeThatIsNotAnsweredKeepsNothingWaiting(t *testing.T) {
	for _, unsent := range []bool{false, true} {
		begun := time.Now()
		hooks := &webhooks{answer: func(string, string, int) reply {
			if time.Since(begun) < 10*time.Second {
				return reply{} // nobody listens
			}
			return reply{after: time.Hour, unsent: unsent}
		}}
		run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
			begun = time.Now()
			openCircuit(e)
			time.Sleep(9500 * time.Millisecond)
			other := taken("other")
			other.Lane, other.Group = "other", "other"
			e.Post(taken("first"), taken("second"), taken("third"), other)
			time.Sleep(10 * time.Second)
			for _, body := range []string{"first", "second", "third", "other"} {
				at := hooks.times(body)
				if unsent && body != "first" && len(at) > 0 {
					t.Errorf("%s was posted at %v ms to a host that cannot be connected to", body, at)
				}
				if !unsent && (len(at) != 1 || at[0] > 17_000) { // the circuit is open for 5 s at the most
					t.Errorf("%s was posted at %v ms", body, at)
				}
			}
		})
	}
}
