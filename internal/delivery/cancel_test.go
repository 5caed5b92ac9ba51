package delivery

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestDeletionCutsOffAttempts: an endpoint that never answers keeps nothing of a
// subscription that was deleted, neither an attempt nor one that took too long
// and is only listened to; what became of them is told as it was.
func TestDeletionCutsOffAttempts(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: 200, after: map[bool]time.Duration{true: time.Hour}[strings.HasPrefix(body, "old")]}
	}}
	memory := journal.InMemory()
	o := &observed{}
	runWith(t, Config{Policies: o.policies()}, memory, hooks, func(e *Engine, _ []journal.Hold) {
		slow, fresh := incoming("old slow"), incoming("old fresh")
		slow.Lane, fresh.Lane = "slow", "fresh"
		e.Post(slow)
		time.Sleep(31 * time.Second) // it has failed for its slowness
		e.Post(fresh)
		time.Sleep(time.Second)
		e.ForgetSubscription("INCOMING")
		time.Sleep(time.Millisecond)
		e.inTurn(func() {
			if len(e.sending)+e.inFlight+len(e.retries.plans)+len(e.destinations) != 0 || e.open.Load() != 0 {
				t.Errorf("left: %d requests, %d attempts, %d retries, %d destinations, %d events",
					len(e.sending), e.inFlight, len(e.retries.plans), len(e.destinations), e.open.Load())
			}
		})
		for id, problem := range map[string]string{fresh.ID: "subscription was deleted", slow.ID: "no answer within 30s"} {
			ends := e.Attempts(history.Filter{ID: id, Result: history.Dropped}, 9)
			if len(ends) != 1 || ends[0].Number != 1 || ends[0].Status != 0 || ends[0].Reason != whyDeleted || !strings.Contains(ends[0].Error, problem) {
				t.Errorf("%s is recorded as %+v", id, ends)
			}
		}
		o := o.soFar()
		last := o.attempts[len(o.attempts)-1]
		if !errors.Is(last.Outcome.Err, ErrDeleted) || !last.Dropped || last.Message.ID != fresh.ID || !slices.Equal(o.forgotten, []string{"INCOMING"}) {
			t.Errorf("told of %+v", last)
		}
		time.Sleep(10 * time.Second)
		if n := memory.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
		if n := len(hooks.bodies()); n != 2 {
			t.Errorf("%d posts", n)
		}
	})
}

// TestDeletionSaysNothingOfTheEndpoint: attempts that were cut off are no
// failures of a host that other subscriptions share.
func TestDeletionSaysNothingOfTheEndpoint(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if body == "first" {
			return reply{status: 500}
		}
		return reply{status: 200, after: map[bool]time.Duration{true: 20 * time.Second}[body == "old"]}
	}}
	runWith(t, Config{PerDestination: 40}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for _, body := range []string{"first", "other"} {
			m := incoming(body)
			m.Group, m.Event.Subscription = "OTHER", "OTHER"
			if body == "other" {
				m.Delay = 1500 * time.Millisecond
			}
			e.Post(m) // so that the host is remembered meanwhile
		}
		for i := range 300 { // more than are dropped in one turn
			m := incoming("old")
			m.Lane = fmt.Sprint(i)
			e.Post(m)
		}
		time.Sleep(time.Second)
		e.ForgetSubscription("INCOMING")
		time.Sleep(2 * time.Second)
		if at := hooks.times("other"); !slices.Equal(at, []int64{1500}) {
			t.Errorf("the other subscription's event was posted at %v ms", at)
		}
		if n := len(hooks.times("old")); n != 40 {
			t.Errorf("%d of the deleted subscription's events were posted", n)
		}
		if retried := e.Attempts(history.Filter{Group: "INCOMING", Result: history.Retried}, 1); len(retried) != 0 {
			t.Errorf("retried %+v", retried)
		}
	})
}

// TestCutOffRequestLeavesItsEndpoint, over a real socket: the endpoint sees the
// connection go.
func TestCutOffRequestLeavesItsEndpoint(t *testing.T) {
	arrived, left, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 64)) // so that the client's leaving is seen
		close(arrived)
		select {
		case <-r.Context().Done():
			close(left)
		case <-ended:
		}
	}))
	defer server.Close()
	defer close(ended)
	e := serving(t, Config{})
	m := incoming("[]")
	m.URL = server.URL
	e.Post(m)
	<-arrived
	e.ForgetSubscription(m.Group)
	select {
	case <-left:
	case <-time.After(20 * time.Second):
		t.Error("the request goes on")
	}
}

// TestRestIsPlannedOnce: an endpoint that comes and goes has what waits for it
// rest again and again, and each event leaves one plan, none when it is over.
func TestRestIsPlannedOnce(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{} }}
	const events = 500
	runWith(t, Config{PerDestination: 12}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range events {
			m := incoming(fmt.Sprint(i))
			m.Lane = fmt.Sprint(i)
			e.Post(m)
		}
		for range 200 {
			time.Sleep(time.Minute)
			e.inTurn(func() {
				for _, r := range e.retries.plans {
					e.reopen([]*job{r}) // as when an endpoint has answered
				}
			})
		}
		e.inTurn(func() {
			if n := len(e.retries.plans); n > events {
				t.Errorf("%d plans for %d events", n, events)
			}
		})
		e.ForgetSubscription("INCOMING")
		time.Sleep(time.Second)
		e.inTurn(func() {
			if n := len(e.retries.plans); n != 0 {
				t.Errorf("%d plans are left", n)
			}
		})
	})
}

// TestStoppedEngineKeepsNobodyWaiting who asks it for something.
func TestStoppedEngineKeepsNobodyWaiting(t *testing.T) {
	e := serving(t, Config{})
	if err := e.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := e.RetryNow("INCOMING"); n != 0 {
		t.Errorf("%d events are hurried", n)
	}
	if _, err := e.Resend("x", ""); err == nil {
		t.Error("an event is sent once more")
	}
}

// TestDeletionIsNotForgottenByAKill between it and the journal's next page: the
// next process sends nothing to who is not subscribed any more.
func TestDeletionIsNotForgottenByAKill(t *testing.T) {
	left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		for _, name := range []string{"DELETED", "KEPT"} {
			m := incoming(name)
			m.Group, m.Event.Subscription = name, name
			e.Post(m)
			letter := incoming(name + " letter")
			letter.Group, letter.Event.Subscription, letter.DeadLetterReason = "deadletter/"+name, name, ReasonAttempts
			e.Post(letter)
		}
		flush(t, e)
	})
	hooks := &webhooks{}
	runWith(t, Config{Subscribed: func(name string) bool { return name == "KEPT" }}, left, hooks, func(e *Engine, _ []journal.Hold) {
		time.Sleep(time.Minute)
		got := hooks.bodies()
		slices.Sort(got)
		if !slices.Equal(got, []string{"DELETED letter", "KEPT", "KEPT letter"}) {
			t.Errorf("posted %q", got)
		}
		if end := e.Attempts(history.Filter{Group: "DELETED"}, 9); len(end) != 1 || end[0].Result != history.Dropped || end[0].Reason != whyDeleted {
			t.Errorf("recorded %+v", end)
		}
		if n := left.Len(); n != 0 || e.open.Load() != 0 {
			t.Errorf("the journal keeps %d pages, %d events are open", n, e.open.Load())
		}
	})
}
