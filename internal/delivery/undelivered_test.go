package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// morgue is a policy's hook that puts what was given up into messages for
// "http://morgue.test/".
type morgue struct {
	mu  sync.Mutex
	got []Undelivered
}

func (m *morgue) take(u Undelivered) []Message {
	m.mu.Lock()
	m.got = append(m.got, u)
	m.mu.Unlock()
	if u.Message.DeadLetter == "" {
		return nil
	}
	return []Message{{
		ID: u.Message.ID, Policy: "dead", Group: "dead", URL: u.Message.DeadLetter, Delay: 5 * time.Minute,
		Body: append([]byte("dead "), u.Message.Body...), DeadLetterReason: u.Reason, Event: u.Message.Event,
	}}
}

func (m *morgue) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.got)
}

func (m *morgue) policies() map[string]Policy {
	p := policies()
	grid := scheduledPolicy()
	grid.Undelivered = m.take
	p["eventgrid"] = grid
	p["dead"] = Policy{
		Retry: func(*Message, Outcome) (time.Duration, bool) { return time.Minute, true },
		TTL:   5*time.Minute + 4*time.Hour,
	}
	return p
}

// mortal is an event that gets n attempts and then becomes a dead letter.
func mortal(body string, n int) Message {
	m := grid("call "+body, body)
	m.MaxAttempts, m.DeadLetter = n, "http://morgue.test/"
	m.Event = Event{Subscription: "SUB", Schema: "EventGridSchema", Type: "Microsoft.Communication.IncomingCall", Time: time.Now()}
	return m
}

// onlyMorgue lets every endpoint but the morgue fail with 500.
func onlyMorgue(url, _ string, _ int) reply {
	if strings.Contains(url, "morgue") {
		return reply{status: 201}
	}
	return reply{status: 500}
}

// slowToFail is onlyMorgue whose endpoints take a second for it: what happens
// meanwhile happens before the event is given up.
func slowToFail(url, body string, n int) reply {
	r := onlyMorgue(url, body, n)
	if r.status == 500 {
		r.after = time.Second
	}
	return r
}

func TestGivenUpEventIsHandedOverWithItsBody(t *testing.T) {
	for _, attempts := range []int{1, 4} { // the body is in memory, and in the journal
		t.Run(fmt.Sprint(attempts), func(t *testing.T) {
			m, hooks, memory := &morgue{}, &webhooks{answer: onlyMorgue}, journal.InMemory()
			runWith(t, Config{Policies: m.policies()}, memory, hooks, func(e *Engine, _ []journal.Hold) {
				e.Post(mortal("a", attempts))
				time.Sleep(10 * time.Minute)
				tried := hooks.times("a")
				at := hooks.times("dead a")
				if len(at) != 1 || len(tried) != attempts || at[0] != tried[attempts-1]+(5*time.Minute).Milliseconds() {
					t.Errorf("tried at %v ms, dead-lettered at %v", tried, at)
				}
				if len(m.got) != 1 || m.got[0].Reason != ReasonAttempts || m.got[0].Outcome.Attempt != attempts || m.got[0].Outcome.Status != 500 {
					t.Errorf("the hook got %+v", m.got)
				}
				if n := memory.Len(); n != 0 {
					t.Errorf("the journal keeps %d pages", n)
				}
			})
		})
	}
}

func TestFinalAnswerIsHandedOverAtOnce(t *testing.T) {
	m, hooks := &morgue{}, &webhooks{answer: func(url, _ string, _ int) reply {
		return reply{status: map[bool]int{true: 200, false: 400}[strings.Contains(url, "morgue")]}
	}}
	runWith(t, Config{Policies: m.policies()}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(mortal("a", 30))
		time.Sleep(6 * time.Minute)
		if at := hooks.times("dead a"); len(at) != 1 || at[0] != (5*time.Minute).Milliseconds() || m.got[0].Outcome.Status != 400 || m.got[0].Result != history.Failed {
			t.Errorf("dead-lettered at %v ms: %+v", at, m.got)
		}
	})
}

func TestDroppedEventIsNotHandedOver(t *testing.T) {
	m, hooks := &morgue{}, &webhooks{answer: onlyMorgue}
	runWith(t, Config{Policies: m.policies()}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(mortal("a", 30))
		time.Sleep(time.Second)
		e.ForgetSubscription("sub")
		time.Sleep(time.Hour)
		if len(m.got) != 0 || e.open.Load() != 0 {
			t.Errorf("the hook got %+v", m.got)
		}
	})
}

func TestDeadLetterOnItsWaySurvivesAKill(t *testing.T) {
	m := &morgue{}
	memory := journal.InMemory()
	var left *journal.MemoryStore
	runWith(t, Config{Policies: m.policies()}, memory, &webhooks{answer: onlyMorgue}, func(e *Engine, _ []journal.Hold) {
		e.Post(mortal("a", 1))
		time.Sleep(time.Minute)
		left = memory.Copy()
	})
	hooks := &webhooks{answer: onlyMorgue}
	runWith(t, Config{Policies: m.policies()}, left, hooks, func(e *Engine, _ []journal.Hold) { // each bubble's clock begins anew
		time.Sleep(10 * time.Minute)
		if got := hooks.bodies(); len(got) != 1 || got[0] != "dead a" || hooks.times("dead a")[0] != (5*time.Minute).Milliseconds() {
			t.Errorf("posted %q at %v", got, hooks.times("dead a"))
		}
		if n := left.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
	})
}

// TestKillWhileAnEventIsHandedOver kills before the dead letter is in the
// journal: the event must still be there.
func TestKillWhileAnEventIsHandedOver(t *testing.T) {
	m := &morgue{}
	memory := journal.InMemory()
	var left *journal.MemoryStore
	runWith(t, Config{Policies: m.policies()}, memory, &webhooks{answer: slowToFail}, func(e *Engine, _ []journal.Hold) {
		e.Post(mortal("a", 1))
		flush(t, e)
		memory.Break(errors.New("no space left on device"))
		time.Sleep(time.Minute)
		if m.len() == 0 {
			t.Fatal("it was not given up yet")
		}
		left = memory.Copy()
		memory.Break(nil)
	})
	hooks := &webhooks{answer: onlyMorgue}
	runWith(t, Config{Policies: m.policies()}, left, hooks, func(e *Engine, _ []journal.Hold) {
		time.Sleep(10 * time.Minute)
		if got := hooks.times("dead a"); len(got) != 1 {
			t.Errorf("dead-lettered at %v ms, posted %q", got, hooks.bodies())
		}
	})
}

func TestStopWhileTheJournalRefusesKeepsGivenUpEvents(t *testing.T) {
	m := &morgue{}
	memory := journal.InMemory()
	runWith(t, Config{Policies: m.policies()}, memory, &webhooks{answer: slowToFail}, func(e *Engine, _ []journal.Hold) {
		e.Post(mortal("a", 1))
		flush(t, e)
		memory.Break(errors.New("no space left on device"))
		time.Sleep(10 * time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := e.Stop(ctx); err == nil {
			t.Error("stop said nothing")
		}
	})
	if memory.Len() == 0 {
		t.Error("the event is lost")
	}
}

func TestThousandsGivenUpAtOnceAreAllHandedOver(t *testing.T) {
	m, hooks, memory := &morgue{}, &webhooks{answer: onlyMorgue}, journal.InMemory()
	runWith(t, Config{Policies: m.policies()}, memory, hooks, func(e *Engine, _ []journal.Hold) {
		events := 3000
		if testing.Short() {
			events = 500
		}
		for i := range events {
			e.Post(mortal(fmt.Sprint(i), 2))
		}
		time.Sleep(25 * time.Hour)
		dead := map[string]int{}
		for _, body := range hooks.bodies() {
			if strings.HasPrefix(body, "dead ") {
				dead[body]++
			}
		}
		if len(dead) != events || len(m.got) != events {
			t.Errorf("%d dead letters of %d events given up", len(dead), len(m.got))
		}
		if n := memory.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
	})
}
