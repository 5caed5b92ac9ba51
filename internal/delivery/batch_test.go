package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// batched is an event of a subscription that takes batches.
func batched(lane, body string, events, kb int) Message {
	m := grid(lane, `[`+body+`]`)
	m.Batch = Batch{Key: "sub", MaxEvents: events, PreferredKB: kb}
	return m
}

// manyBatched posts n events of one lane each, numbered from 0.
func manyBatched(e *Engine, n, events, kb int, lane func(i int) string) {
	var messages []Message
	for i := range n {
		messages = append(messages, batched(lane(i), fmt.Sprint(i), events, kb))
	}
	e.Post(messages...)
}

func numbers(bodies []string) (all []string) {
	for _, body := range bodies {
		if inner := strings.Trim(body, "[]"); inner != "" {
			all = append(all, strings.Split(inner, ",")...)
		}
	}
	return all
}

func TestEventsThatAreDueTogetherShareAPost(t *testing.T) {
	hooks := &webhooks{}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		manyBatched(e, 25, 10, 64, func(i int) string { return fmt.Sprint(i) })
		time.Sleep(time.Second)
		bodies := hooks.bodies()
		if len(bodies) != 3 || len(numbers(bodies)) != 25 {
			t.Errorf("got %q", bodies)
		}
		for _, body := range bodies {
			if n := len(numbers([]string{body})); n > 10 {
				t.Errorf("%d events in %s", n, body)
			}
		}
	})
}

func TestOneEventDoesNotWaitForABatch(t *testing.T) {
	hooks := &webhooks{}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(batched("call", "1", 5000, 1024))
		time.Sleep(time.Second)
		if got := hooks.times("[1]"); !slices.Equal(got, []int64{0}) {
			t.Errorf("posted at %v ms: %q", got, hooks.bodies())
		}
	})
}

func TestBatchPrefersItsSize(t *testing.T) {
	hooks := &webhooks{}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		body := func(size int) string { return `"` + strings.Repeat("x", size) + `"` }
		var messages []Message
		for i, size := range []int{400, 400, 400, 3000, 100} {
			messages = append(messages, batched(fmt.Sprint(i), body(size), 100, 1))
		}
		e.Post(messages...)
		time.Sleep(time.Second)
		var sizes []int
		for _, b := range hooks.bodies() {
			sizes = append(sizes, len(b))
		}
		slices.Sort(sizes)
		// Two of 400; the third; the large one alone; the small one.
		if len(sizes) != 4 || sizes[3] < 3000 || sizes[3] > 3004 || sizes[2] < 800 || sizes[2] > 1024 {
			t.Errorf("sizes %v", sizes)
		}
	})
}

func TestBatchKeepsTheOrderOfALane(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, n int) reply {
		return reply{status: 200, after: time.Duration(50-len(body)%7) * time.Millisecond}
	}}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for range 3 {
			manyBatched(e, 100, 7, 64, func(i int) string { return fmt.Sprint(i % 2) })
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		all := numbers(hooks.bodies())
		if len(all) != 300 {
			t.Fatalf("%d events came", len(all))
		}
		var order [2][]int
		for _, text := range all {
			var n int
			fmt.Sscan(text, &n)
			order[n%2] = append(order[n%2], n)
		}
		for lane, got := range order {
			var want []int
			for range 3 {
				for n := lane; n < 100; n += 2 {
					want = append(want, n)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("lane %d: %v", lane, got)
			}
		}
		// One lane's batches go one after another.
		for i := 1; i < len(hooks.got); i++ {
			if hooks.got[i].at == hooks.got[i-1].at && hooks.got[i].at > 0 && sharesLane(hooks.got[i].body, hooks.got[i-1].body) {
				t.Errorf("%s overtakes %s", hooks.got[i].body, hooks.got[i-1].body)
			}
		}
	})
}

func sharesLane(a, b string) bool {
	parity := func(s string) (p [2]bool) {
		for _, text := range numbers([]string{s}) {
			var n int
			fmt.Sscan(text, &n)
			p[n%2] = true
		}
		return p
	}
	pa, pb := parity(a), parity(b)
	return pa[0] && pb[0] || pa[1] && pb[1]
}

func TestBatchFailsAndReturnsAsOne(t *testing.T) {
	posts := 0
	hooks := &webhooks{answer: func(string, string, int) reply {
		posts++
		return reply{status: map[bool]int{true: 500, false: 200}[posts == 1]}
	}}
	memory := journal.InMemory()
	run(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		manyBatched(e, 5, 10, 64, func(i int) string { return fmt.Sprint(i) })
		time.Sleep(time.Minute)
		if got := hooks.bodies(); len(got) != 2 || got[0] != got[1] || len(numbers(got)) != 10 {
			t.Errorf("got %q", got)
		}
		for i := range 5 {
			a := e.Attempts(history.Filter{ID: fmt.Sprintf("id-[%d]", i)}, 10)
			if len(a) != 2 || a[0].Result != history.Delivered || a[0].Number != 2 || a[1].Result != history.Retried || a[1].Status != 500 {
				t.Errorf("attempts of %d: %+v", i, a)
			}
		}
		if n := memory.Len(); n != 0 {
			t.Errorf("the journal keeps %d pages", n)
		}
		e.inTurn(func() {
			if len(e.batchQueues)+len(e.destinations)+len(e.lanes)+e.inQueues != 0 {
				t.Errorf("%d buckets, %d destinations, %d lanes, %d queued remain", len(e.batchQueues), len(e.destinations), len(e.lanes), e.inQueues)
			}
		})
	})
}

func TestBatchReturnsFromTheJournal(t *testing.T) {
	hooks := &webhooks{answer: func(_, _ string, n int) reply { return reply{status: map[bool]int{true: 500, false: 200}[n < 5]} }}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		manyBatched(e, 300, 5000, 1024, func(i int) string { return fmt.Sprint(i) }) // more than a page of the journal
		time.Sleep(time.Hour)
		bodies := hooks.bodies()
		if got := numbers(bodies[len(bodies)-1:]); len(got) < 40 {
			t.Errorf("the last of %d posts has %d events", len(bodies), len(got))
		}
		seen := map[string]int{}
		for _, n := range numbers(bodies) {
			seen[n]++
		}
		for n, times := range seen {
			if times != 5 {
				t.Errorf("event %s was posted %d times", n, times)
			}
		}
		if len(seen) != 300 || e.open.Load() != 0 {
			t.Errorf("%d events came, %d are open", len(seen), e.open.Load())
		}
	})
}

func TestDifferentHeadersShareNoPost(t *testing.T) {
	hooks := &webhooks{}
	run(t, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		a, b, c := batched("1", "1", 10, 64), batched("2", "2", 10, 64), batched("3", "3", 10, 64)
		a.Header, c.Header = map[string]string{"X": "1"}, map[string]string{"X": "1"}
		b.Header = map[string]string{"X": "2"}
		e.Post(a, b, c)
		time.Sleep(time.Second)
		if got := hooks.bodies(); len(got) != 2 || !slices.Contains(got, "[1,3]") {
			t.Errorf("got %q", got)
		}
	})
}

func TestBusyDestinationFillsBatches(t *testing.T) {
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 200, after: 100 * time.Millisecond} }}
	runWith(t, Config{PerDestination: 1}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		for i := range 50 {
			e.Post(batched(fmt.Sprint(i), fmt.Sprint(i), 100, 64))
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		if got := hooks.bodies(); len(got) != 2 || len(numbers(got)) != 50 {
			t.Errorf("%d posts of %d events", len(got), len(numbers(got)))
		}
	})
}

func TestBatchSurvivesAKill(t *testing.T) {
	left := crash(t, journal.InMemory(), &webhooks{answer: refuseAll}, func(e *Engine, _ []journal.Hold) {
		manyBatched(e, 20, 10, 64, func(int) string { return "call" })
		flush(t, e)
	})
	hooks := &webhooks{}
	run(t, left, hooks, func(e *Engine, _ []journal.Hold) {
		time.Sleep(time.Minute)
		got := numbers(hooks.bodies())
		slices.Sort(got)
		if got = slices.Compact(got); len(got) != 20 || len(hooks.bodies()) > 5 {
			t.Errorf("%d events in %q", len(got), hooks.bodies())
		}
	})
}

func TestArraysBecomeOne(t *testing.T) {
	for _, test := range []struct {
		parts []string
		want  string
	}{
		{[]string{`[{"a":1}]`, `[{"b":2}]`}, `[{"a":1},{"b":2}]`},
		{[]string{`{"a":1}`, ` [ {"b":2} , 3 ] `, `[]`}, `[{"a":1},{"b":2} , 3]`},
		{[]string{`[]`}, `[]`},
	} {
		var parts [][]byte
		for _, p := range test.parts {
			parts = append(parts, []byte(p))
		}
		if got := string(JoinArrays(parts)); got != test.want {
			t.Errorf("%v became %s", test.parts, got)
		}
	}
}

// BenchmarkBatches is a whole way of events that go fifty in a request.
func BenchmarkBatches(b *testing.B) {
	b.ReportAllocs()
	hook := &instant{}
	e := benchEngine(b, hook)
	message := Message{Policy: "eventgrid", Group: "sub", URL: "http://app.test/hook", Body: benchBody,
		Batch: Batch{Key: "sub", MaxEvents: 50, PreferredKB: 1024}}
	b.ResetTimer()
	for i := range b.N {
		message.Lane = lanes[i%len(lanes)]
		e.Post(message)
	}
	stop(b, e)
	b.ReportMetric(float64(b.N)/float64(max(hook.posts.Load(), 1)), "events/post")
}
