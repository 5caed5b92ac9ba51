package delivery

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestFirstFailureIsInTheLog: who wonders why no application answers reads there why, at
// once, and not a line for each event that an endpoint does not take.
func TestFirstFailureIsInTheLog(t *testing.T) {
	for name, answer := range map[string]reply{"error=": {}, "status=500": {status: 500}} {
		hooks := &webhooks{answer: func(_, body string, _ int) reply {
			if body == "taken" {
				return reply{status: 200}
			}
			return answer
		}}
		run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
			var written strings.Builder
			e.inTurn(func() { e.log = slog.New(slog.NewTextHandler(&written, nil)) })
			lines := func() (n int) {
				e.inTurn(func() { n = strings.Count(written.String(), "is not delivered yet") })
				return n
			}
			e.Post(grid("0", "taken"))
			time.Sleep(time.Second)
			if n := lines(); n != 0 {
				t.Errorf("%d lines about an event that was delivered", n)
			}
			e.Post(grid("1", "a"))
			time.Sleep(time.Minute) // with further attempts
			if n := lines(); n != 1 || !strings.Contains(written.String(), name) || !strings.Contains(written.String(), "next_try_in=") {
				t.Errorf("%d lines: %s", n, written.String())
			}
			for i := range 100 {
				e.Post(grid(fmt.Sprint("more", i), fmt.Sprint("more", i)))
			}
			time.Sleep(time.Second)
			if n := lines(); n > 1+rateFirstFailures.Burst {
				t.Errorf("%d lines about a hundred events", n)
			}
		})
	}
}

// TestEndpointThatNeverAnswersIsNoLineForEachEvent: it has the events, and the log says so now
// and then.
func TestEndpointThatNeverAnswersIsNoLineForEachEvent(t *testing.T) {
	run(t, journal.InMemory(), &webhooks{answer: never}, func(e *Engine, _ []journal.Hold) {
		var written strings.Builder
		e.inTurn(func() { e.log = slog.New(slog.NewTextHandler(&written, nil)) })
		for i := range 20 { // calls that are over before the answer is given up
			first, last := taken(fmt.Sprint("first", i)), taken(fmt.Sprint("last", i))
			first.Group, last.Group, last.Last = fmt.Sprint(i), fmt.Sprint(i), true
			first.Lane, last.Lane = first.Group, first.Group
			e.Post(first, last)
			time.Sleep(time.Minute)
		}
		time.Sleep(time.Hour)
		var text string
		e.inTurn(func() { text = written.String() })
		if n := strings.Count(text, "was not delivered"); n != 0 {
			t.Errorf("%d lines say that what was taken was not delivered:\n%s", n, text)
		}
		if n := strings.Count(text, "does not answer"); n == 0 || n > 10 {
			t.Errorf("%d lines about 40 events:\n%s", n, text)
		}
	})
}

// TestManyDeadEndpointsAreFewLines: each names itself, and there are as many as applications care to name.
func TestManyDeadEndpointsAreFewLines(t *testing.T) {
	run(t, journal.InMemory(), &webhooks{answer: func(string, string, int) reply { return reply{} }}, func(e *Engine, _ []journal.Hold) {
		var written strings.Builder
		e.inTurn(func() { e.log = slog.New(slog.NewTextHandler(&written, nil)) })
		const endpoints = 500
		for i := range endpoints {
			for j := range breakerFailures {
				one := grid(fmt.Sprint(i, "-", j), "lost")
				one.URL = fmt.Sprintf("http://192.0.2.1:%d/", 1+i)
				one.Group = fmt.Sprint("group", i)
				e.Post(one)
			}
		}
		time.Sleep(time.Minute)
		var text string
		e.inTurn(func() { text = written.String() })
		lines := strings.Count(text, "circuit is open") + strings.Count(text, "circuit of the subscription is open")
		if lines < 2 || lines > rateCircuits.Burst+10 {
			t.Errorf("%d lines about %d endpoints", lines, endpoints)
		}
	})
}
