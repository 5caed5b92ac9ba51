package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// crash runs an engine over the journal and returns what a kill at the end of
// test would leave.
func crash(t *testing.T, memory *journal.MemoryStore, hooks *webhooks, test func(e *Engine, holds []journal.Hold)) (left *journal.MemoryStore) {
	t.Helper()
	run(t, memory, hooks, func(e *Engine, holds []journal.Hold) {
		test(e, holds)
		left = memory.Copy()
	})
	return left
}

func keysOf(holds []journal.Hold) []string {
	var keys []string
	for _, h := range holds {
		keys = append(keys, h.Key+"="+string(h.Body))
	}
	slices.Sort(keys)
	return keys
}

func flush(t *testing.T, e *Engine) {
	t.Helper()
	if err := e.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func refuseAll(string, string, int) reply { return reply{} }

func TestAcceptedEventsSurviveInTheirOrder(t *testing.T) {
	var want []string
	left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		for i := range 1000 {
			want = append(want, fmt.Sprint(i))
			e.Post(callback(hook, fmt.Sprint(i)))
		}
		flush(t, e)
	})
	hooks := &webhooks{}
	run(t, left, hooks, func(e *Engine, _ []journal.Hold) {
		time.Sleep(10 * time.Second)
		if got := hooks.bodies(); !slices.Equal(got, want) {
			t.Errorf("%d events came: %.100v…", len(got), got)
		}
		if n := left.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
	})
}

func TestAttemptsAndDueTimesSurvive(t *testing.T) {
	left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(50 * time.Second) // attempts after 0, 10 and 40 s; the next is due a minute later
	})
	hooks := &webhooks{}
	run(t, left, hooks, func(e *Engine, _ []journal.Hold) { // each bubble's clock begins anew
		time.Sleep(2 * time.Minute)
		a := e.Attempts(history.Filter{}, 10)
		if len(a) != 1 || a[0].Number != 4 {
			t.Fatalf("after recovery: %+v", a)
		}
		if at := hooks.times("a")[0]; at < 100_000 || at > 111_000 {
			t.Errorf("posted after %d ms", at)
		}
	})
}

func TestWhatIsOverDoesNotComeBackAfterTwoSeconds(t *testing.T) {
	left := crash(t, journal.InMemory(), &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: map[bool]int{true: 500, false: 200}[body == "waits"]}
	}}, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("1", "waits"))
		for i := range 100 {
			e.Post(grid("2", fmt.Sprint(i)))
		}
		e.Hold("connection", []byte("live"))
		time.Sleep(2500 * time.Millisecond)
	})
	hooks := &webhooks{}
	run(t, left, hooks, func(_ *Engine, holds []journal.Hold) {
		time.Sleep(time.Minute)
		if got := hooks.bodies(); !slices.Equal(got, []string{"waits"}) {
			t.Errorf("came again: %v", got)
		}
		if got := keysOf(holds); !slices.Equal(got, []string{"connection=live"}) {
			t.Errorf("holds %v", got)
		}
	})
}

// TestCrashLoopDoesNotRepeatForEver dies while the first attempts are under
// way and then every half second, with a hold that keeps the page of the
// delivered events.
func TestCrashLoopDoesNotRepeatForEver(t *testing.T) {
	memory := journal.InMemory()
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200, after: time.Second} }}
	memory = crash(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		e.Hold("connection", nil)
		e.Post(callback(hook, "a"), callback(hook, "b"))
		flush(t, e)
	})
	posts := 0
	for range 5 {
		hooks := &webhooks{}
		memory = crash(t, memory, hooks, func(*Engine, []journal.Hold) { time.Sleep(500 * time.Millisecond) })
		posts += len(hooks.bodies())
	}
	if posts != 2 {
		t.Errorf("two events came %d times", posts)
	}
}

func TestPageOfLiveHoldsIsNotWrittenAgain(t *testing.T) {
	memory := journal.InMemory()
	run(t, memory, &webhooks{}, func(e *Engine, _ []journal.Hold) {
		e.Hold("a", nil)
		e.Hold("b", nil)
		flush(t, e)
		before := memory.Appended() // one, or two if the first hold was written before the second came
		time.Sleep(time.Hour)
		if after := memory.Appended(); after != before || before > 2 {
			t.Errorf("%d pages were written, and %d more in an hour", before, after-before)
		}
	})
}

// TestReleasedHoldsDoNotComeBack kills at every tenth of a second of a life
// with holds in pages that other records keep alive.
func TestReleasedHoldsDoNotComeBack(t *testing.T) {
	for at := time.Duration(0); at < 7*time.Second; at += 100 * time.Millisecond {
		memory := journal.InMemory()
		left := crash(t, memory, &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
			e.Hold("long", []byte("1"))
			e.Hold("x", nil)
			flush(t, e)
			time.Sleep(10 * time.Millisecond)
			e.Release("x")
			e.Post(Message{Policy: "eventgrid", URL: hook, Body: []byte("waits")})
			e.Hold("y", []byte("1"))
			e.Hold("y", []byte("2"))
			flush(t, e)
			time.Sleep(10 * time.Millisecond)
			ended := callback("http://app.test/", "disconnected")
			ended.Release = []string{"y"}
			e.Post(ended)
			e.Hold("z", nil)
			e.Release("z")
			flush(t, e)
			time.Sleep(at)
		})
		// Killed once more while the rest is being written again.
		again := crash(t, left, &webhooks{}, func(_ *Engine, holds []journal.Hold) {
			if got := keysOf(holds); !slices.Equal(got, []string{"long=1"}) {
				t.Errorf("killed after %v: %v", at, got)
			}
			time.Sleep(at / 2)
		})
		run(t, again, &webhooks{}, func(e *Engine, holds []journal.Hold) {
			if got := keysOf(holds); !slices.Equal(got, []string{"long=1"}) {
				t.Errorf("killed twice after %v: %v", at, got)
			}
			e.Release("long")
			time.Sleep(time.Minute)
			if n := again.Len(); n != 0 {
				t.Errorf("killed after %v, the journal keeps %d pages", at, n)
			}
		})
	}
}

func TestHoldSurvivesUntilItsMessageIsAccepted(t *testing.T) {
	left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		e.Hold("c", []byte("connection"))
		flush(t, e)
		time.Sleep(time.Hour)
	})
	left = crash(t, left, &webhooks{answer: refuseAll}, func(e *Engine, holds []journal.Hold) {
		if len(holds) != 1 {
			t.Fatalf("holds %v", holds)
		}
		m := callback(hook, "disconnected")
		m.Last, m.Release = true, []string{"c"}
		e.Post(m)
		flush(t, e)
	})
	hooks := &webhooks{}
	run(t, left, hooks, func(e *Engine, holds []journal.Hold) {
		if len(holds) != 0 {
			t.Errorf("holds %v", holds)
		}
		time.Sleep(10 * time.Second)
		if got := hooks.bodies(); !slices.Equal(got, []string{"disconnected"}) {
			t.Errorf("got %v", got)
		}
		if n := left.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
	})
}

func TestBrokenJournalIsToldAndWaitedFor(t *testing.T) {
	memory, hooks := journal.InMemory(), &webhooks{}
	full := errors.New("no space left on device")
	run(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		memory.Break(full)
		e.Post(callback(hook, "a"))
		if err := e.Flush(context.Background()); !errors.Is(err, full) {
			t.Errorf("flush: %v", err)
		}
		time.Sleep(time.Minute)
		if n := len(hooks.bodies()); n != 0 {
			t.Errorf("%d events were posted that a kill would forget", n)
		}
		memory.Break(nil)
		time.Sleep(10 * time.Second)
		flush(t, e)
		if got := hooks.bodies(); !slices.Equal(got, []string{"a"}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestStopTellsWhatIsNotInTheJournal(t *testing.T) {
	memory := journal.InMemory()
	run(t, memory, &webhooks{}, func(e *Engine, _ []journal.Hold) {
		memory.Break(errors.New("no space left on device"))
		e.Post(callback(hook, "a"))
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := e.Stop(ctx); err == nil {
			t.Error("stop said nothing")
		}
	})
}

func TestStopDeliversWhatItCanAndKeepsTheRest(t *testing.T) {
	memory := journal.InMemory()
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		switch body {
		case "slow":
			return reply{status: 200, after: 20 * time.Second}
		case "later":
			return reply{status: 500}
		}
		return reply{status: 200, after: time.Second}
	}}
	run(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, "a"), callback(hook, "b"), callback(hook, "c"), callback("http://slow.test/", "slow"), grid("call", "later"))
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	again := &webhooks{}
	run(t, memory, again, func(e *Engine, _ []journal.Hold) {
		time.Sleep(time.Minute)
		got := again.bodies()
		slices.Sort(got)
		if !slices.Equal(got, []string{"later", "slow"}) {
			t.Errorf("after the restart came %v", got)
		}
	})
}

func TestStopReturnsAtOnceWhenNothingIsDue(t *testing.T) {
	run(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "later"))
		time.Sleep(time.Second)
		before := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := e.Stop(ctx); err != nil || time.Since(before) > time.Second {
			t.Errorf("after %v: %v", time.Since(before), err)
		}
	})
}

func TestSkippedEventKeepsItsPlaceThroughAKill(t *testing.T) {
	left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		for i := range 10 { // the breaker opens
			e.Post(Message{Policy: "callback", Lane: fmt.Sprint("other", i), URL: hook, Body: []byte("x")})
		}
		time.Sleep(10 * time.Millisecond)
		e.Post(callback(hook, "first"), callback(hook, "second"))
		time.Sleep(2500 * time.Millisecond) // they are in the journal once more, with the time of the next look
	})
	hooks := &webhooks{}
	run(t, left, hooks, func(e *Engine, _ []journal.Hold) {
		time.Sleep(time.Minute)
		got := slices.DeleteFunc(hooks.bodies(), func(body string) bool { return body == "x" })
		if !slices.Equal(got, []string{"first", "second"}) {
			t.Errorf("got %v", got)
		}
	})
}
