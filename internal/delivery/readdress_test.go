package delivery

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// movable is the policies with one whose group can be given another endpoint, at which
// messages have another body.
func movable(endpoint *atomic.Value) map[string]Policy {
	p := policies()
	grid := scheduledPolicy()
	grid.Moved = func(m *Message) bool { return m.URL != endpoint.Load().(string) }
	grid.Readdress = func(m Message, posted time.Time) (Message, bool) {
		url := endpoint.Load().(string)
		m.URL, m.Lane, m.Body = url, "", []byte("moved "+string(m.Body))
		m.TTL = time.Hour - time.Since(posted)
		return m, url != ""
	}
	p["eventgrid"] = grid
	return p
}

const newEndpoint = "http://new.test/events"

// onlyNew lets every endpoint but the new one fail.
func onlyNew(url, _ string, _ int) reply {
	return reply{status: map[bool]int{true: 200, false: 500}[url == newEndpoint]}
}

func TestWaitingMessageGoesToTheNewEndpoint(t *testing.T) {
	for _, after := range []time.Duration{5 * time.Second, 5 * time.Minute} { // the body is in memory, and in the journal
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			var endpoint atomic.Value
			endpoint.Store(grid("", "").URL)
			hooks, memory := &webhooks{answer: onlyNew}, journal.InMemory()
			runWith(t, Config{Policies: movable(&endpoint)}, memory, hooks, func(e *Engine, _ []journal.Hold) {
				e.Post(grid("call", "a"))
				time.Sleep(after)
				tried := len(hooks.times("a"))
				endpoint.Store(newEndpoint)
				e.EndProbation("sub", newEndpoint)
				time.Sleep(time.Hour)
				if at := hooks.times("moved a"); len(at) != 1 || at[0] < after.Milliseconds() || at[0] > after.Milliseconds()+1000 {
					t.Errorf("posted to the new endpoint at %v ms", at)
				}
				if n := len(hooks.times("a")); n != tried {
					t.Errorf("the old endpoint was asked %d times after that", n-tried)
				}
				if n := memory.Len(); n != 0 || e.open.Load() != 0 {
					t.Errorf("the journal keeps %d pages, %d messages are open", n, e.open.Load())
				}
			})
		})
	}
}

func TestMessageWhoseEndpointMovedUnheardGoesThereAtItsNextAttempt(t *testing.T) {
	var endpoint atomic.Value
	endpoint.Store(newEndpoint)
	hooks := &webhooks{answer: onlyNew}
	runWith(t, Config{Policies: movable(&endpoint)}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(time.Minute)
		if old, moved := hooks.times("a"), hooks.times("moved a"); len(old) != 1 || len(moved) != 1 || moved[0] < 10_000 || moved[0] > 11_000 {
			t.Errorf("posted at %v and then at %v ms", old, moved)
		}
	})
}

func TestMovedMessageSurvivesAKill(t *testing.T) {
	var endpoint atomic.Value
	endpoint.Store(grid("", "").URL)
	memory := journal.InMemory()
	var left *journal.MemoryStore
	runWith(t, Config{Policies: movable(&endpoint)}, memory, &webhooks{answer: onlyNew}, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(5 * time.Second)
		left = memory.Copy()
	})
	endpoint.Store(newEndpoint)
	hooks := &webhooks{answer: onlyNew}
	runWith(t, Config{Policies: movable(&endpoint)}, left, hooks, func(e *Engine, _ []journal.Hold) {
		time.Sleep(time.Minute)
		if old, moved := hooks.times("a"), hooks.times("moved a"); len(old) != 0 || len(moved) != 1 {
			t.Errorf("posted at %v and at %v ms", old, moved)
		}
	})
}

func TestMessageOfNoEndpointAnyMoreEnds(t *testing.T) {
	var endpoint atomic.Value
	endpoint.Store(grid("", "").URL)
	hooks, memory := &webhooks{answer: onlyNew}, journal.InMemory()
	runWith(t, Config{Policies: movable(&endpoint)}, memory, hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(5 * time.Second)
		endpoint.Store("")
		time.Sleep(time.Hour)
		if n := len(hooks.bodies()); n != 1 || memory.Len() != 0 || e.open.Load() != 0 {
			t.Errorf("%d attempts; %d pages and %d messages are left", n, memory.Len(), e.open.Load())
		}
	})
}

func TestEventThatIsResentGoesToTheNewEndpoint(t *testing.T) {
	var endpoint atomic.Value
	endpoint.Store(grid("", "").URL)
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200} }}
	runWith(t, Config{Policies: movable(&endpoint), KeepBodies: 1 << 20}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		m := grid("call", "a")
		m.Event.Subscription = "SUB"
		e.Post(m)
		time.Sleep(time.Second)
		endpoint.Store(newEndpoint)
		if n, err := e.Resend(m.ID, ""); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		time.Sleep(time.Second)
		if got := hooks.bodies(); len(got) != 2 || got[1] != "moved a" {
			t.Errorf("posted %q", got)
		}
		if a := e.Attempts(history.Filter{}, 1)[0]; a.Result != history.Delivered || a.URL != newEndpoint {
			t.Errorf("the last attempt is %+v", a)
		}
	})
}

// TestMessageThatWaitsForItsFirstAttemptGoesToTheNewEndpoint, though the former one still answers.
func TestMessageThatWaitsForItsFirstAttemptGoesToTheNewEndpoint(t *testing.T) {
	for name, message := range map[string]func(body string) Message{
		"behind another of its lane": func(body string) Message { return grid("call", body) },
		"at a busy destination":      func(body string) Message { return grid(body, body) },
		"gathered for a batch": func(body string) Message {
			m := grid(body, body)
			m.Batch = Batch{Key: "events", MaxEvents: 10}
			return m
		},
	} {
		t.Run(name, func(t *testing.T) {
			var endpoint atomic.Value
			former := grid("", "").URL
			endpoint.Store(former)
			hooks := &webhooks{answer: func(url, _ string, _ int) reply {
				return reply{status: 200, after: map[bool]time.Duration{true: 20 * time.Second}[url == former]}
			}}
			runWith(t, Config{Policies: movable(&endpoint), PerDestination: 1}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
				e.Post(message("a"))
				time.Sleep(time.Second)
				e.Post(message("b"), message("c"))
				time.Sleep(5 * time.Second)
				endpoint.Store(newEndpoint)
				e.EndProbation("sub", newEndpoint)
				time.Sleep(time.Minute)
				var old, moved string
				hooks.mu.Lock()
				for _, h := range hooks.got {
					if h.url == former {
						old += h.body
					} else {
						moved += h.body
					}
				}
				hooks.mu.Unlock()
				if old != "a" && old != "[a]" || strings.Count(moved, "moved b") != 1 || strings.Count(moved, "moved c") != 1 {
					t.Errorf("the former endpoint got %q, the new one %q", old, moved)
				}
				if n := e.open.Load(); n != 0 || e.inQueues+e.inLanes != 0 {
					t.Errorf("%d messages are open, %d wait", n, e.inQueues+e.inLanes)
				}
			})
		})
	}
}
