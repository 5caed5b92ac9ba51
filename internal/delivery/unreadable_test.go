package delivery

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// unreadable is a store on a disk that cannot read some of what it has.
type unreadable struct {
	*journal.MemoryStore
	upTo atomic.Uint64 // these pages
}

func (u *unreadable) Read(ctx context.Context, number uint64) ([]byte, error) {
	if number <= u.upTo.Load() {
		return nil, journal.ErrDamaged
	}
	return u.MemoryStore.Read(ctx, number)
}

// TestEventThatCannotBeReadKeepsNoOtherWaiting: neither what is to be written, nor what was
// given up after it. It is delivered once it can be read.
func TestEventThatCannotBeReadKeepsNoOtherWaiting(t *testing.T) {
	m, store := &morgue{}, &unreadable{MemoryStore: journal.InMemory()}
	hooks := &webhooks{answer: func(url, body string, n int) reply {
		if body == "well" {
			return reply{status: 200}
		}
		return onlyMorgue(url, body, n)
	}}
	runWith(t, Config{Policies: m.policies()}, store, hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(mortal("lost", 3), mortal("found", 30))
		time.Sleep(9 * time.Second)
		store.upTo.Store(store.Appended())
		time.Sleep(11 * time.Second) // after the second attempt both are in the journal alone, and are to be written again
		e.Post(callback(hook, "well"))
		time.Sleep(time.Second)
		if got := hooks.bodies(); !slices.Contains(got, "well") {
			t.Fatal("what was posted behind them waits")
		}
		time.Sleep(time.Minute) // the third attempt of both was none
		e.Post(mortal("other", 1))
		time.Sleep(6 * time.Minute)
		if at := hooks.times("dead other"); len(at) != 1 {
			t.Errorf("what was given up behind it came at %v", at)
		}
		store.upTo.Store(0)
		before := len(hooks.times("found"))
		time.Sleep(2 * time.Hour)
		if len(hooks.times("found")) == before {
			t.Error("the event that can be read again is not delivered")
		}
	})
}
