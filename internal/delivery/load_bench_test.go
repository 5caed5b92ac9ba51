package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// The benchmarks of docs/performance.md, "Events": a journal on disk that syncs
// every write, and webhooks on loopback HTTP in the same process.

// clocked is a webhook that notes how long each event was under way: its body
// ends with the time of its posting.
type clocked struct {
	mu   sync.Mutex
	took []time.Duration
	all  chan struct{} // closed when as many came as are wanted
	want int
}

func newClocked(want int) *clocked { return &clocked{want: want, all: make(chan struct{})} }

func (c *clocked) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	_, text, _ := strings.Cut(string(body), "@")
	if at, err := strconv.ParseInt(strings.TrimRight(text, `"}]`), 10, 64); err == nil {
		c.took = append(c.took, now.Sub(time.Unix(0, at)))
	}
	if c.want--; c.want == 0 {
		close(c.all)
	}
}

func (c *clocked) report(b *testing.B) {
	slices.Sort(c.took)
	b.ReportMetric(float64(c.took[len(c.took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(c.took[len(c.took)*99/100].Microseconds())/1000, "p99-ms")
}

// timed is an event that bears the time of its posting.
func timed(lane, url string) Message {
	return Message{
		ID: "id", Policy: "eventgrid", Group: "SUB", Lane: lane, URL: url,
		Body:  fmt.Appendf(nil, `[{"data":%q,"at":"@%d"}]`, benchBody[:1000], time.Now().UnixNano()),
		Event: Event{Subscription: "SUB", Schema: "EventGridSchema", Type: "Microsoft.Communication.IncomingCall"},
	}
}

func loadEngine(b *testing.B) *Engine {
	bb := openBackbone(b, b.TempDir())
	e := New(Config{Policies: policies(), MaxQueued: 1_000_000, Attempts: history.Config{Archive: history.AttemptsOnBackbone(bb, time.Hour, 10_000), Keep: time.Hour}}, onDisk(b.TempDir()), quiet())
	if _, err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	return e
}

// paced posts b.N events, a thousand a second, in 64 lanes.
func paced(b *testing.B, e *Engine, url string) {
	next := time.NewTicker(time.Millisecond)
	defer next.Stop()
	for i := range b.N {
		<-next.C
		e.Post(timed(lanes[i%len(lanes)], url))
	}
}

// BenchmarkThousandASecond is the time from Post to the webhook's handler.
func BenchmarkThousandASecond(b *testing.B) {
	b.ReportAllocs()
	hook := newClocked(b.N)
	server := httptest.NewServer(hook)
	defer server.Close()
	e := loadEngine(b)
	b.ResetTimer()
	paced(b, e, server.URL)
	<-hook.all
	b.StopTimer()
	hook.report(b)
	stop(b, e)
}

// BenchmarkBesideADeadEndpoint is the same while a hundred thousand events wait
// for an endpoint that refuses connections.
func BenchmarkBesideADeadEndpoint(b *testing.B) {
	b.ReportAllocs()
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	hook := newClocked(b.N)
	server := httptest.NewServer(hook)
	defer server.Close()
	e := loadEngine(b)
	for i := range 100_000 {
		m := timed(fmt.Sprint(i), dead.URL)
		m.Group = "DEAD"
		e.Post(m)
	}
	if err := e.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	paced(b, e, server.URL)
	<-hook.all
	b.StopTimer()
	hook.report(b)
	e.ForgetSubscription("DEAD")
	stop(b, e)
}

// BenchmarkLoopback is the whole way at full speed: journal, HTTP client, the
// webhook's HTTP server and the acknowledgement.
func BenchmarkLoopback(b *testing.B) {
	b.ReportAllocs()
	hook := newClocked(b.N)
	server := httptest.NewServer(hook)
	defer server.Close()
	e := loadEngine(b)
	b.ResetTimer()
	for i := range b.N {
		e.Post(timed(lanes[i%len(lanes)], server.URL))
	}
	<-hook.all
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
	b.StopTimer()
	stop(b, e)
}

// BenchmarkStart is a start with a hundred thousand events that wait for their
// next attempt, until a new event has reached its webhook.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	const pending = 100_000
	dir := b.TempDir()
	e := New(Config{Policies: policies(), MaxQueued: 2 * pending}, onDisk(dir), quiet())
	e.over = true
	e.turn.Unlock()
	go e.journal.Write(e.writing) // journalled, never scheduled
	if _, err := e.journal.Recover(b.Context()); err != nil {
		b.Fatal(err)
	}
	for i := range pending {
		m := timed(fmt.Sprint(i%5000), "http://127.0.0.1:1/")
		m.Delay = time.Hour
		e.Post(m)
	}
	if err := errors.Join(e.Flush(b.Context()), e.journal.Close(b.Context())); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		hook := &instant{seen: make(chan struct{})}
		again := New(Config{Policies: policies(), MaxQueued: 2 * pending, Client: &http.Client{Transport: hook}}, onDisk(dir), quiet())
		if _, err := again.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		again.Post(timed("new", "http://app.test/"))
		<-hook.seen
		b.StopTimer()
		if n := again.open.Load(); n < pending {
			b.Fatalf("%d events are open", n)
		}
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "heap-MB")
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		if err := again.Stop(ctx); err != nil {
			b.Fatal(err)
		}
		cancel()
		b.StartTimer()
	}
}

// BenchmarkSubscriptions sends one event to each of a thousand subscriptions,
// each with a webhook, a lane and a probation of its own. It says what a
// subscription leaves in memory when all is delivered, its metrics mostly, and
// what each further event leaves: nothing, once the bounded records are full.
func BenchmarkSubscriptions(b *testing.B) {
	b.ReportAllocs()
	const subscriptions = 1000
	e := New(Config{Policies: policies(), Client: &http.Client{Transport: &instant{}}, KeepBodies: 1, Attempts: history.Config{Size: 1}},
		onDisk(b.TempDir()), quiet())
	if _, err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	round := func() {
		for i := range subscriptions {
			m := timed("call", fmt.Sprintf("http://app%d.test/", i))
			m.Group = fmt.Sprint("SUB", i)
			m.Lane, m.Event.Subscription = m.Group+"/call", m.Group
			e.Post(m)
		}
		if err := e.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
		for i := range subscriptions {
			if err := e.Await(b.Context(), fmt.Sprint("SUB", i)); err != nil {
				b.Fatal(err)
			}
		}
	}
	before := inHeap()
	round()
	first := inHeap()
	b.ResetTimer()
	for range b.N {
		round()
	}
	b.StopTimer()
	b.ReportMetric(float64(first-before)/subscriptions, "B/subscription")
	b.ReportMetric(float64(inHeap()-first)/subscriptions/float64(b.N), "B/further-event")
	stop(b, e)
}

func inHeap() int64 {
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}
