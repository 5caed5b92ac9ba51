package delivery

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestAttemptThatPanicsIsOneThatFailed has a client that panics at the first attempt for one of two
// webhooks: that message is sent again, and nothing else hears of it.
func TestAttemptThatPanicsIsOneThatFailed(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, n int) reply {
		if body == "bad" && n == 1 {
			return reply{panics: true}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, "bad"))
		e.Post(Message{ID: "id-good", Policy: "callback", Group: "d", Lane: "d", URL: "http://other.test/", Body: []byte("good")})
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := hooks.bodies(); len(got) != 3 || !slices.Contains(got, "good") {
			t.Errorf("sent %v, want bad twice and good once", got)
		}
	})
}
