package delivery

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestBodiesThatWaitAreInTheJournalAlone: behind an endpoint that is slow, in lanes and at the
// destination, so many bytes are in memory. All are delivered, those of a lane in order.
func TestBodiesThatWaitAreInTheJournalAlone(t *testing.T) {
	const size, most = 1000, 20_000
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200, after: 200 * time.Millisecond} }}
	runWith(t, Config{MaxBodies: most, PerDestination: 2}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		var want []string
		for i := range 200 {
			body := fmt.Sprintf("%04d", i) + strings.Repeat("x", size-4)
			m := callback(hook, body)
			if want = append(want, body); i%2 == 0 {
				m.Group, m.Lane = fmt.Sprint(i), ""
			}
			e.Post(m)
		}
		synctest.Wait()
		e.inTurn(func() {
			held := 0
			for _, l := range e.lanes {
				for _, j := range l.waiting {
					held += len(j.msg.Body)
				}
			}
			for _, d := range e.destinations {
				for _, j := range d.queue.all() {
					held += len(j.msg.Body)
				}
			}
			if held > most || e.bodies > most+2*size || e.inQueues+e.inLanes < 190 {
				t.Errorf("%d bytes of %d messages are in memory, %d are counted", held, e.inQueues+e.inLanes, e.bodies)
			}
		})
		time.Sleep(time.Minute)
		got := hooks.bodies()
		inLane := slices.DeleteFunc(slices.Clone(got), func(body string) bool { return body[3]%2 == 0 })
		if !slices.IsSorted(inLane) || len(inLane) != 100 {
			t.Errorf("%d of the lane came, in order: %v", len(inLane), slices.IsSorted(inLane))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%d of %d came", len(got), len(want))
		}
		e.inTurn(func() {
			if e.bodies != 0 {
				t.Errorf("%d bytes are counted of what was delivered", e.bodies)
			}
		})
	})
}

// TestBodiesOfMessagesThatMoveAreCountedNoMore: the one that takes their place is counted, until
// it ends.
func TestBodiesOfMessagesThatMoveAreCountedNoMore(t *testing.T) {
	var endpoint atomic.Value
	endpoint.Store(newEndpoint)
	hooks := &webhooks{answer: onlyNew}
	runWith(t, Config{Policies: movable(&endpoint)}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(grid("call", "a"))
		time.Sleep(time.Minute)
		e.inTurn(func() {
			if e.bodies != 0 {
				t.Errorf("%d bytes are counted of what has ended", e.bodies)
			}
		})
	})
}

// TestLastMessagesHaveABoundToo: they have as much room again, so that promises end with an
// event as long as there is any.
func TestLastMessagesHaveABoundToo(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{} }}
	runWith(t, Config{MaxQueued: 10}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 100 {
			m := callback(hook, fmt.Sprint(i))
			m.Group, m.Lane, m.Last = fmt.Sprint(i), "", true
			e.Post(m)
		}
		if n := e.open.Load(); n != 20 {
			t.Errorf("%d messages have not ended, of which 10 may be", n)
		}
	})
}
