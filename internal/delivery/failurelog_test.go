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
