package delivery

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/history/historytest"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

func TestAttemptsSurviveARestartInGroups(t *testing.T) {
	archive := &historytest.Archive{}
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: map[bool]int{true: 500, false: 200}[body == "7"], after: 12 * time.Millisecond}
	}}
	var before []history.Attempt
	runWith(t, Config{Attempts: history.Config{Archive: archive}}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 600 {
			e.Post(incoming(fmt.Sprint(i)))
		}
		time.Sleep(5 * time.Second)
		if n := archive.Len(); n < 3 || n > 5 {
			t.Errorf("600 attempts took %d writes", n)
		}
		e.Post(incoming("last")) // archived by Stop
		time.Sleep(20 * time.Millisecond)
		before = e.Attempts(history.Filter{}, 1000)
	})
	runWith(t, Config{Attempts: history.Config{Archive: archive}}, journal.InMemory(), &webhooks{}, func(e *Engine, _ []journal.Hold) {
		after := e.Attempts(history.Filter{}, 1000)
		if len(before) != 601 || len(after) != 601 {
			t.Fatalf("%d attempts before the restart, %d after", len(before), len(after))
		}
		for i, a := range after {
			b := before[i]
			if !a.Time.Equal(b.Time) || !a.Next.Equal(b.Next) {
				t.Fatalf("the times of attempt %d are %v, %v; they were %v, %v", i, a.Time, a.Next, b.Time, b.Next)
			}
			a.Time, a.Next = b.Time, b.Next
			if a != b {
				t.Fatalf("attempt %d is\n%+v, it was\n%+v", i, a, b)
			}
		}
		failed := e.Attempts(history.Filter{Result: history.Retried}, 10)
		if len(failed) != 1 || failed[0].Status != 500 || failed[0].Latency != 12*time.Millisecond || !strings.HasPrefix(failed[0].Answer, "ok 7") || failed[0].Next.IsZero() {
			t.Errorf("the failed one is %+v", failed)
		}
	})
}

func TestAttemptsAreForgottenInTime(t *testing.T) {
	archive := &historytest.Archive{}
	cfg := Config{Attempts: history.Config{Archive: archive, Keep: time.Hour}}
	runWith(t, cfg, journal.InMemory(), &webhooks{}, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("a"))
		time.Sleep(59 * time.Minute)
		if got := e.Attempts(history.Filter{}, 10); len(got) != 1 {
			t.Errorf("%d attempts", len(got))
		}
		time.Sleep(2 * time.Minute)
		if got := e.Attempts(history.Filter{}, 10); len(got) != 0 {
			t.Errorf("%d attempts", len(got))
		}
	})
}

// incoming is an IncomingCall of a subscription.
func incoming(body string) Message {
	m := grid("call "+body, body)
	m.Group = "INCOMING"
	m.Event = Event{Subscription: "INCOMING", Schema: "EventGridSchema", Type: "Microsoft.Communication.IncomingCall", Time: time.Date(2026, 3, 4, 15, 6, 7, 0, time.UTC)}
	return m
}
