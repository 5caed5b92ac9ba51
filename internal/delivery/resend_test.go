package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/fault"
)

func TestResendHurriesWhatWaits(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply { return reply{status: map[bool]int{true: 500, false: 200}[n < 4]} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("a"))
		time.Sleep(45 * time.Second) // attempts at 0, 10 and 40 s; the next in a minute
		if n, err := e.Resend("id-a", "INCOMING"); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		time.Sleep(time.Hour)
		if at := hooks.times("a"); len(at) != 4 || at[3] != 45_000 {
			t.Errorf("posted at %v ms", at)
		}
	})
}

func TestResendPostsWhatIsOverAnew(t *testing.T) {
	for _, status := range []int{200, 403} { // delivered, given up
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			hooks := &webhooks{answer: func(_, _ string, n int) reply { return reply{status: map[bool]int{true: status, false: 200}[n == 1]} }}
			run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
				e.Post(incoming("a"))
				time.Sleep(time.Second)
				if n, err := e.Resend("id-a", ""); n != 1 || err != nil {
					t.Errorf("%d, %v", n, err)
				}
				time.Sleep(time.Second)
				if at := hooks.times("a"); !slices.Equal(at, []int64{0, 1000}) {
					t.Errorf("posted at %v ms", at)
				}
			})
		})
	}
}

// TestResendTellsOnlyWhatIsOnDisk: who asked hears of a journal that refuses.
func TestResendTellsOnlyWhatIsOnDisk(t *testing.T) {
	memory, hooks := journal.InMemory(), &webhooks{}
	full := errors.New("no space left on device")
	run(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("a"))
		time.Sleep(time.Second)
		memory.Break(full)
		if n, err := e.Resend("id-a", ""); n != 0 || !errors.Is(err, full) {
			t.Errorf("%d, %v", n, err)
		}
		memory.Break(nil)
		time.Sleep(10 * time.Second)
		if n, err := e.Resend("id-a", ""); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestResendOfWhatIsUnderWayRepeatsNothing(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200, after: 10 * time.Second} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("a"))
		time.Sleep(20 * time.Second)
		for range 3 { // the first one posts it anew, which is under way then
			if n, err := e.Resend("id-a", ""); n != 1 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		if at := hooks.times("a"); !slices.Equal(at, []int64{0, 20_000}) {
			t.Errorf("posted at %v ms", at)
		}
	})
}

func TestResendKnowsNoStranger(t *testing.T) {
	run(t, journal.InMemory(), &webhooks{}, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("a"), callback(hook, "b"))
		time.Sleep(time.Second)
		for id, group := range map[string]string{"id-a": "OTHER", "id-b": "", "id-c": ""} {
			if _, err := e.Resend(id, group); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s of %s: %v", id, group, err)
			}
		}
	})
}

func TestRememberedBodiesAreBounded(t *testing.T) {
	k := &recentMessages{room: 10_000}
	for i := range 100 {
		k.add(Message{ID: fmt.Sprint(i), Group: "g", Body: make([]byte, 488)})
	}
	k.add(Message{ID: "huge", Body: make([]byte, 20_000)})
	if n := len(k.messages.all()); n != 10 || k.taken != 10_000 {
		t.Errorf("%d messages, %d bytes", n, k.taken)
	}
	k.add(Message{ID: "with headers", Body: make([]byte, 100), Header: map[string]string{"x-key": string(make([]byte, 9000))}})
	if n := len(k.messages.all()); n > 2 || k.taken > 10_000 {
		t.Errorf("%d messages beside one with long headers, %d bytes", n, k.taken)
	}
	k = &recentMessages{room: 10_000}
	for i := range 100 {
		k.add(Message{ID: fmt.Sprint(i), Group: "g", Body: make([]byte, 488)})
	}
	if len(k.find("89", "")) != 0 || len(k.find("90", "g")) != 1 || len(k.find("huge", "")) != 0 {
		t.Error("those remembered are not the newest")
	}
}

func TestOfferIsAllOrNothing(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500} }}
	runWith(t, Config{MaxQueued: 3}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		if err := e.Offer(incoming("a"), incoming("b")); err != nil {
			t.Error(err)
		}
		if err := e.Offer(incoming("c"), incoming("d")); !fault.Is(err, fault.KindBusy) {
			t.Errorf("beyond the limit: %v", err)
		}
		if err := e.Offer(Message{Policy: "none"}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("without a policy: %v", err)
		}
		time.Sleep(time.Second)
		if got := hooks.bodies(); len(got) != 2 {
			t.Errorf("posted %q", got)
		}
	})
}

// TestWaitThatIsGivenUpIsForgotten: a group may live for a day, and many may ask.
func TestWaitThatIsGivenUpIsForgotten(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 500} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("a"))
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := e.Await(ctx, "INCOMING"); err == nil {
			t.Error("nothing waits any more")
		}
		e.inTurn(func() {
			if n := len(e.groups["INCOMING"].awaiters); n != 0 {
				t.Errorf("%d wait", n)
			}
		})
	})
}
