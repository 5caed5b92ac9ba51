package delivery

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestScheduleKeepsToTheMonotonicClock: what is planned within a process bears
// the monotonic reading of its clock, so that setting the wall clock, by an hour
// either way, moves nothing.
func TestScheduleKeepsToTheMonotonicClock(t *testing.T) {
	e := serving(t, Config{})
	retried := make(chan struct{})
	policy := *e.policies["eventgrid"]
	policy.Retry = func(*Message, Outcome) (time.Duration, bool) { close(retried); return time.Hour, true }
	e.inTurn(func() { e.policies["eventgrid"] = &policy })
	e.Post(Message{ID: "x", Policy: "eventgrid", Group: "A", Lane: "A/1", URL: "http://127.0.0.1:1/", Body: []byte("[]")})
	<-retried
	e.inTurn(func() {
		for _, planned := range e.retries.plans {
			if !strings.Contains(planned.retry.at.String(), " m=") {
				t.Errorf("%s is planned by the wall clock", planned.retry.at)
			}
		}
		if len(e.retries.plans) == 0 {
			t.Error("nothing is planned")
		}
	})
}

// TestClockJumpsBetweenTwoLives: each bubble's clock begins anew, so an engine
// that runs an hour into its own time leaves a journal from the future to the
// next one, and one that begins an hour late finds a journal from the past.
func TestClockJumpsBetweenTwoLives(t *testing.T) {
	for _, test := range []struct {
		name          string
		before, after time.Duration // on the clock when the event is posted, and when it is recovered
	}{
		{"none", 0, 11 * time.Second},
		{"an hour forward", 0, time.Hour + 11*time.Second},
		{"an hour back", time.Hour, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
				time.Sleep(test.before)
				e.Post(grid("call", "a"))
				time.Sleep(5 * time.Second) // the next attempt is due in 5 s
			})
			hooks := &webhooks{}
			runAfter(t, test.after, left, hooks, func(e *Engine) {
				time.Sleep(12 * time.Second)
				if at := hooks.times("a"); len(at) != 1 {
					t.Errorf("delivered at %v", at)
				}
				time.Sleep(25 * time.Hour)
				if at := hooks.times("a"); len(at) != 1 {
					t.Errorf("delivered at %v", at)
				}
			})
		})
	}
}

// runAfter is run when the bubble's clock has gone on by d.
func runAfter(t *testing.T, d time.Duration, memory journal.Store, hooks *webhooks, test func(*Engine)) {
	t.Helper()
	run(t, lateJournal{memory, d}, hooks, func(e *Engine, _ []journal.Hold) { test(e) })
}

// TestClockThatWentBackKeepsTimeToLive: an event from the future lives no longer
// than one of now.
func TestClockThatWentBackKeepsTimeToLive(t *testing.T) {
	left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		time.Sleep(time.Hour)
		m := grid("call", "a")
		m.TTL = time.Minute
		e.Post(m)
		time.Sleep(time.Second)
	})
	hooks := &webhooks{answer: refuseAll}
	run(t, left, hooks, func(e *Engine, _ []journal.Hold) {
		time.Sleep(3 * time.Hour)
		last := e.Attempts(history.Filter{}, 1)
		if len(last) != 1 || last[0].Result != history.Expired || last[0].Reason != ReasonTime {
			t.Errorf("ended as %+v", last)
		}
		for _, at := range hooks.times("a") {
			if at > 60_000 {
				t.Errorf("an attempt after %d ms", at)
			}
		}
	})
}

// TestClockInDoubtGivesUpNothingAtOnce: what seems to be too old after a start is tried, by its
// schedule, for an hour. What lives for minutes alone is not.
func TestClockInDoubtGivesUpNothingAtOnce(t *testing.T) {
	for _, test := range []struct {
		name      string
		doubtful  bool
		ttl       time.Duration
		delivered bool
	}{{"no doubt", false, time.Hour, false}, {"a doubt", true, time.Hour, true}, {"a short life", true, time.Minute, false}} {
		t.Run(test.name, func(t *testing.T) {
			left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
				m := grid("call", "a")
				m.TTL = test.ttl
				e.Post(m)
				time.Sleep(time.Second)
			})
			hooks := &webhooks{}
			runWith(t, Config{Doubtful: func() bool { return test.doubtful }}, lateJournal{left, 25 * time.Hour}, hooks, func(*Engine, []journal.Hold) {
				time.Sleep(time.Minute)
				if at := hooks.times("a"); (len(at) == 1) != test.delivered {
					t.Errorf("delivered at %v", at)
				}
			})
		})
	}
}

// lateJournal is read when the clock has gone on.
type lateJournal struct {
	journal.Store
	by time.Duration
}

func (j lateJournal) Recover(ctx context.Context, tell func(uint64, []byte) error) error {
	time.Sleep(j.by)
	return j.Store.Recover(ctx, tell)
}
