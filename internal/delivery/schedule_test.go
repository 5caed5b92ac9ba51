package delivery

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// grid is an event of a subscription "sub".
func grid(lane, body string) Message {
	return Message{ID: "id-" + body, Policy: "eventgrid", Group: "sub", Lane: lane, URL: "http://app.test/events?code=secret", Body: []byte(body)}
}

// TestTimeToLiveIsCheckedAtTheNextAttempt, not before: an event may outlive it
// until then.
func TestTimeToLiveIsCheckedAtTheNextAttempt(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500, after: 20 * time.Second} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		m := grid("call", "a")
		m.TTL = 90 * time.Second // over when the third attempt, of 80 s, has failed; the fourth would be at 160 s
		e.Post(m)
		time.Sleep(150 * time.Second)
		if a := e.Attempts(history.Filter{}, 1)[0]; a.Result != history.Retried {
			t.Errorf("before the next attempt: %+v", a)
		}
		time.Sleep(time.Minute)
		if a := e.Attempts(history.Filter{}, 1)[0]; a.Result != history.Expired || a.Reason != ReasonTime || len(hooks.times("a")) != 3 {
			t.Errorf("at the next attempt: %+v, posted at %v ms", a, hooks.times("a"))
		}
	})
}

func TestOneCallsEventsWaitForTheAnswerOthersDoNot(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if body == "slow" {
			return reply{status: 200, after: 20 * time.Second}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call 1", "slow"), grid("call 1", "next"), grid("call 2", "other"))
		time.Sleep(time.Minute)
		if got := append(hooks.times("next"), hooks.times("other")...); !slices.Equal(got, []int64{20_000, 0}) {
			t.Errorf("posted at %v ms", got)
		}
	})
}

func TestEventGridRetriesDoNotHoldTheLane(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, n int) reply {
		if body == "a" && n == 1 {
			return reply{status: 500}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"), grid("call", "b"))
		time.Sleep(time.Minute)
		if got := hooks.times("b"); !slices.Equal(got, []int64{0}) {
			t.Errorf("b was posted at %v ms", got)
		}
	})
}

func TestUnansweredAttemptEndsAfterThirtySeconds(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply {
		if n == 1 {
			return reply{status: 200, after: time.Hour}
		}
		return reply{status: 200}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(2 * time.Minute)
		if at := hooks.times("a"); len(at) != 2 || at[1] < 40_000 || at[1] > 41_500 {
			t.Errorf("posted at %v ms", at)
		}
		first := e.Attempts(history.Filter{Result: history.Retried}, 1)[0]
		if first.Error != "no answer within 30s" || first.Latency != 30*time.Second || first.Status != 0 {
			t.Errorf("its record: %+v", first)
		}
	})
}

func TestLongRestingBodyComesBackFromTheJournal(t *testing.T) {
	body := strings.Repeat("b", 1000)
	hooks := &webhooks{answer: func(_, _ string, n int) reply { return reply{status: map[bool]int{true: 500, false: 200}[n < 6]} }}
	memory := journal.InMemory()
	run(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		m := grid("call", body)
		m.Header = map[string]string{"Aeg-Event-Type": "Notification"}
		e.Post(m)
		time.Sleep(2 * time.Minute)
		e.inTurn(func() {
			for _, r := range e.groups["sub"].members {
				if !r.Away || r.msg.Body != nil {
					t.Error("the body of a long-resting message stays in memory")
				}
			}
		})
		time.Sleep(time.Hour)
		if at := hooks.times(body); len(at) != 6 {
			t.Fatalf("posted at %v ms", at)
		}
		for _, h := range hooks.got {
			if h.header.Get("Aeg-Event-Type") != "Notification" {
				t.Error("a header got lost")
			}
		}
		if n := memory.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
	})
}
