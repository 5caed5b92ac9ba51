package delivery

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// goroutine is the number of the one that asks.
func goroutine() string {
	text := make([]byte, 64)
	return string(bytes.Fields(text[:runtime.Stack(text, false)])[1])
}

// TestGoroutineOfAnAttemptMakesTheNextOfItsLane, while other lanes have goroutines of their
// own.
func TestGoroutineOfAnAttemptMakesTheNextOfItsLane(t *testing.T) {
	by := map[string]string{} // guarded by the lock of hooks
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		by[body] = goroutine()
		return reply{status: 200, after: time.Second}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 3 {
			for _, lane := range []string{"one", "two"} {
				m := grid(lane, fmt.Sprint(lane, i))
				e.Post(m)
			}
		}
		time.Sleep(time.Minute)
		hooks.mu.Lock()
		if len(by) != 6 || by["one0"] != by["one1"] || by["one1"] != by["one2"] || by["two0"] != by["two2"] || by["one0"] == by["two0"] {
			t.Errorf("sent by %v", by)
		}
		hooks.mu.Unlock()
		for i := range 3 { // none waits for another lane
			for _, lane := range []string{"one", "two"} {
				if at := hooks.times(fmt.Sprint(lane, i)); len(at) != 1 || at[0] != int64(i)*1000 {
					t.Errorf("%s %d was posted at %v ms", lane, i, at)
				}
			}
		}
	})
}

// TestGoroutineOfAnAttemptMakesWhatWaitsForRoom at the destination, which has room for one.
func TestGoroutineOfAnAttemptMakesWhatWaitsForRoom(t *testing.T) {
	by := map[string]string{}
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		by[body] = goroutine()
		return reply{status: 200, after: time.Second}
	}}
	runWith(t, Config{PerDestination: 1}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 4 {
			e.Post(grid(fmt.Sprint("lane ", i), fmt.Sprint(i)))
		}
		time.Sleep(time.Minute)
		hooks.mu.Lock()
		defer hooks.mu.Unlock()
		if len(by) != 4 || by["0"] != by["1"] || by["1"] != by["2"] || by["2"] != by["3"] {
			t.Errorf("sent by %v", by)
		}
	})
}
