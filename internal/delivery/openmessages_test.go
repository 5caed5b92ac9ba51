package delivery

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestDeadSubscriptionsLeaveRoomForOthers: webhooks that are down for a day must not cost the events
// of applications that are well.
func TestDeadSubscriptionsLeaveRoomForOthers(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: map[bool]int{true: 503, false: 200}[strings.HasPrefix(body, "down")]}
	}}
	down := func(group string, n int) Message {
		m := incoming(fmt.Sprintf("down %s %d", group, n))
		m.Group, m.URL = group, "http://down.test/"
		return m
	}
	runWith(t, Config{MaxQueued: 90}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		var written strings.Builder
		e.inTurn(func() { e.log = slog.New(slog.NewTextHandler(&written, nil)) })
		for i := range 200 {
			e.Post(down("ONE", i))
		}
		if n := e.open.Load(); n != 45 {
			t.Errorf("one subscription has %d of 90 places", n)
		}
		for i := range 200 {
			e.Post(down("TWO", i))
		}
		if n := e.open.Load(); n != 45+23 {
			t.Errorf("two subscriptions have %d of 90 places", n)
		}
		e.Post(callback(hook, "of a call"), incoming("well"))
		time.Sleep(time.Second)
		got := hooks.bodies()
		if !slices.Contains(got, "of a call") || !slices.Contains(got, "well") {
			t.Errorf("what others are sent does not come: %q", got)
		}
		if a := e.Attempts(history.Filter{Result: history.Dropped}, 1); len(a) != 1 || a[0].Reason != whyGroupFull {
			t.Errorf("the records say %+v", a)
		}
		e.inTurn(func() {
			if n := strings.Count(written.String(), "is dropped"); n != rateFirstFailures.Burst {
				t.Errorf("%d lines of the log about 332 events", n)
			}
		})
		time.Sleep(48 * time.Hour) // all are given up
		if n := e.open.Load(); n != 0 || len(e.open.of) != 0 {
			t.Errorf("%d are open, of %v", n, e.open.of)
		}
		e.Post(down("ONE", 1000))
		if n := e.open.Load(); n != 1 {
			t.Errorf("%d are open afterwards", n)
		}
	})
}
