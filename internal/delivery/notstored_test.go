package delivery

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/fault"
)

// TestFlushThatFailsSaysWhenToTryAgain: a client that hears of a fault of the server gives up.
func TestFlushThatFailsSaysWhenToTryAgain(t *testing.T) {
	store, hooks, broken := journal.InMemory(), &webhooks{}, errors.New("no space left on device")
	run(t, store, hooks, func(e *Engine, _ []journal.Hold) {
		store.Break(broken)
		e.Post(callback(hook, "a"))
		err := e.Flush(context.Background())
		if f := fault.Of(err); f.Kind != fault.KindBusy || f.RetryAfter <= 0 || !errors.Is(err, broken) {
			t.Errorf("the failure is %v", err)
		}
		left, cancel := context.WithCancel(context.Background())
		cancel()
		if err := e.Flush(left); fault.Is(err, fault.KindBusy) && !errors.Is(err, broken) {
			t.Errorf("a client that has left hears %v", err)
		}
		store.Break(nil)
		time.Sleep(time.Minute)
		if err := e.Flush(context.Background()); err != nil || len(hooks.bodies()) != 1 {
			t.Errorf("afterwards: %v, %q", err, hooks.bodies())
		}
	})
}
