package delivery

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// observed is an Observer that remembers.
type observed struct {
	mu sync.Mutex
	observations
}

type observations struct {
	accepted  []string
	attempts  []Attempted
	ends      []string // "id result"
	forgotten []string
}

// soFar returns what was observed until now.
func (o *observed) soFar() observations {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.observations
}

func (o *observed) Accepted(m *Message, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.accepted = append(o.accepted, m.ID)
}

func (o *observed) Attempted(t Attempted) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.attempts = append(o.attempts, t)
}

func (o *observed) Ended(m *Message, how history.Result, _ string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ends = append(o.ends, m.ID+" "+string(how))
}

func (o *observed) Forgotten(group string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forgotten = append(o.forgotten, group)
}

// policies are those of all tests, the scheduled one observed.
func (o *observed) policies() map[string]Policy {
	all := policies()
	scheduled := all["eventgrid"]
	scheduled.Observer = o
	all["eventgrid"] = scheduled
	return all
}

func TestObserverIsToldOfItsPolicysMessages(t *testing.T) {
	o, hooks := &observed{}, &webhooks{answer: func(_, body string, n int) reply {
		return reply{status: map[bool]int{true: 500, false: 200}[body == "a" && n == 1]}
	}}
	runWith(t, Config{Policies: o.policies(), MaxQueued: 2}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("a"), callback(hook, "callback"), incoming("one too many"))
		time.Sleep(time.Minute)
		o := o.soFar()
		if !slices.Equal(o.accepted, []string{"id-a"}) || !slices.Equal(o.ends, []string{"id-one too many dropped", "id-a delivered"}) {
			t.Errorf("accepted %v, ended %v", o.accepted, o.ends)
		}
		if len(o.attempts) != 2 || o.attempts[0].Success || !o.attempts[1].Success || o.attempts[0].Outcome.Status != 500 || o.attempts[1].Outcome.Attempt != 2 || o.attempts[0].Size != 1 {
			t.Errorf("attempts %+v", o.attempts)
		}
	})
}
