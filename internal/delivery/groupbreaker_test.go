package delivery

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

func TestNineFailuresAreNoProbation(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: map[bool]int{true: 404, false: 200}[strings.HasPrefix(body, "failed")]}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 9 {
			e.Post(grid(fmt.Sprint(i), fmt.Sprint("failed", i)))
		}
		time.Sleep(time.Second)
		e.Post(grid("new", "new"))
		time.Sleep(time.Second)
		if at := hooks.times("new"); len(at) != 1 || at[0] != 1000 {
			t.Errorf("the new event was posted at %v ms", at)
		}
	})
}

func TestRefusedEventsAreNoProbation(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 400} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 100 {
			e.Post(grid(fmt.Sprint(i), fmt.Sprint(i)))
		}
		time.Sleep(time.Second)
		if n := len(hooks.bodies()); n != 100 {
			t.Errorf("%d posts", n)
		}
	})
}

func TestProbationOfOneSubscriptionDelaysNoOther(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: map[bool]int{true: 404, false: 200}[strings.HasPrefix(body, "failed")]}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 10 {
			e.Post(grid(fmt.Sprint(i), fmt.Sprint("failed", i)))
		}
		time.Sleep(time.Second)
		other := grid("new", "other")
		other.Group = "other" // the same endpoint
		e.Post(other)
		time.Sleep(time.Second)
		if at := hooks.times("other"); len(at) != 1 || at[0] != 1000 {
			t.Errorf("the other subscription's event was posted at %v ms", at)
		}
	})
}

func TestProbationEndsWithTheFirstSuccess(t *testing.T) {
	up := 30 * time.Second
	hooks := &webhooks{}
	hooks.answer = func(string, string, int) reply {
		if time.Since(hooks.begun) < up {
			return reply{status: 500}
		}
		return reply{status: 200}
	}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 40 {
			e.Post(grid(fmt.Sprint(i), fmt.Sprint(i)))
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(2 * time.Minute)
		for i := range 40 {
			at := hooks.times(fmt.Sprint(i))
			if len(at) == 0 || at[len(at)-1] < up.Milliseconds() || at[len(at)-1] > 90_000 {
				t.Errorf("%d was posted at %v ms", i, at)
			}
		}
		if n := e.open.Load(); n != 0 {
			t.Errorf("%d are open", n)
		}
	})
}

// TestBodiesOfAProbationLeaveMemory, also those of events that were never tried, and come from the journal in the end.
func TestBodiesOfAProbationLeaveMemory(t *testing.T) {
	var down atomic.Bool
	hooks := &webhooks{answer: func(string, string, int) reply {
		return reply{status: map[bool]int{true: 404, false: 200}[down.Load()]}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		down.Store(true)
		for i := range 10 {
			e.Post(grid(fmt.Sprint(i), fmt.Sprint("failed", i)))
		}
		time.Sleep(time.Second)
		for i := range 50 {
			e.Post(grid(fmt.Sprint("call", i), fmt.Sprint("held back ", i)))
		}
		time.Sleep(time.Second)
		e.inTurn(func() {
			for _, g := range e.groups {
				for _, j := range g.members {
					if heldBack := j.Attempts == 0; heldBack && (j.state != backingOff || j.msg.Body != nil || !j.Away) {
						t.Errorf("%s is in state %d and has %d bytes in memory", j.msg.ID, j.state, len(j.msg.Body))
					}
				}
			}
		})
		down.Store(false)
		time.Sleep(20 * time.Minute)
		posted := hooks.bodies()
		for i := range 50 {
			if !slices.Contains(posted, fmt.Sprint("held back ", i)) {
				t.Errorf("%d is not delivered", i)
			}
		}
		if n := e.open.Load(); n != 0 {
			t.Errorf("%d are open", n)
		}
	})
}

// TestConsentEndsProbation: an application was down, has come back and has consented; it
// is not told 30 s later that somebody calls.
func TestConsentEndsProbation(t *testing.T) {
	for endpoint, want := range map[string]int64{"http://app.test/another": 5000, "http://elsewhere.test/": 30000} {
		hooks := &webhooks{}
		hooks.answer = func(string, string, int) reply {
			return reply{status: map[bool]int{true: 0, false: 200}[time.Since(hooks.begun) < 2*time.Second]}
		}
		run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
			for i := range 10 {
				e.Post(grid(fmt.Sprint(i), fmt.Sprint(i)))
			}
			time.Sleep(5 * time.Second)
			e.EndProbation("sub", endpoint)
			e.Post(grid("new", "new"))
			time.Sleep(time.Minute)
			if at := hooks.times("new"); len(at) != 1 || at[0] < want || at[0] > want+1000 {
				t.Errorf("consent of %s: the new event was posted at %v ms, want %d", endpoint, at, want)
			}
		})
	}
}

// TestRedeliveryDoesNotWaitForProbation: whoever asks for it has repaired the endpoint.
func TestRedeliveryDoesNotWaitForProbation(t *testing.T) {
	for name, ask := range map[string]func(*Engine) int{
		"an event":              func(e *Engine) int { n, _ := e.Resend("id-3", ""); return n },
		"all of a subscription": func(e *Engine) int { return e.RetryNow("sub") },
	} {
		t.Run(name, func(t *testing.T) {
			hooks := &webhooks{}
			hooks.answer = func(string, string, int) reply {
				return reply{status: map[bool]int{true: 404, false: 200}[time.Since(hooks.begun) < 20*time.Second]}
			}
			run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
				for i := range 12 { // the circuit opens for five minutes
					m := grid(fmt.Sprint(i), fmt.Sprint(i))
					m.Event.Subscription = "SUB"
					e.Post(m)
				}
				time.Sleep(25 * time.Second)
				tried := len(hooks.times("3"))
				if ask(e) == 0 {
					t.Fatal("nothing was started")
				}
				time.Sleep(time.Second)
				if at := hooks.times("3"); len(at) != tried+1 || at[tried] > 26_000 {
					t.Errorf("the event was posted at %v ms", at)
				}
				if n := e.open.Load(); n != 0 {
					t.Errorf("%d events still wait", n)
				}
			})
		})
	}
}

// TestConsentOpensTheWayForCallbacks: an application that has come back and has subscribed
// again gets the callbacks of its first call at once.
func TestConsentOpensTheWayForCallbacks(t *testing.T) {
	hooks := &webhooks{}
	hooks.answer = func(string, string, int) reply {
		return reply{status: map[bool]int{true: 0, false: 200}[time.Since(hooks.begun) < 7500*time.Millisecond]}
	}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 12 { // the circuit opens for 1, 2, 4 and then 5 s
			m := taken(fmt.Sprint("down", i))
			m.Lane, m.Group = m.ID, m.ID
			e.Post(m)
		}
		time.Sleep(8 * time.Second)
		e.EndProbation("sub", hook)
		e.Post(taken("new"))
		time.Sleep(time.Minute)
		if at := hooks.times("new"); len(at) != 1 || at[0] > 8100 {
			t.Errorf("the callback was posted at %v ms", at)
		}
	})
}

// TestEventOnProbationIsGivenUpWithoutAnAttempt is what §"probation" warns of:
// its time is up before the subscription is tried again.
func TestEventOnProbationIsGivenUpWithoutAnAttempt(t *testing.T) {
	m, hooks := &morgue{}, &webhooks{answer: func(url, body string, _ int) reply {
		return reply{status: map[bool]int{true: 404, false: 200}[strings.HasPrefix(body, "failed")]}
	}}
	runWith(t, Config{Policies: m.policies()}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 10 {
			e.Post(grid(fmt.Sprint(i), fmt.Sprint("failed", i)))
		}
		time.Sleep(time.Second)
		late := mortal("late", 2)
		late.TTL = time.Minute
		e.Post(late)
		time.Sleep(20 * time.Minute)
		if len(hooks.times("late")) != 0 || len(hooks.times("dead late")) != 1 {
			t.Errorf("posted at %v ms, dead-lettered at %v", hooks.times("late"), hooks.times("dead late"))
		}
		for _, u := range m.got {
			if u.Message.ID == "id-late" && (!u.CircuitOpen || u.Outcome.Attempt != 0 || u.Reason != ReasonTime) {
				t.Errorf("the hook got %+v", u)
			}
		}
	})
}

func TestGroupBreakersAreForgotten(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 20 {
			e.Post(grid(fmt.Sprint(i), fmt.Sprint(i)))
		}
		time.Sleep(48 * time.Hour)
		e.inTurn(func() {
			if len(e.groupBreakers) != 0 {
				t.Errorf("%d breakers remain", len(e.groupBreakers))
			}
		})
	})
}
