package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// instant answers every POST at once, without a network.
type instant struct {
	posts atomic.Int64
	seen  chan struct{} // told of each POST, if not nil
}

func (i *instant) RoundTrip(req *http.Request) (*http.Response, error) {
	i.posts.Add(1)
	if i.seen != nil {
		i.seen <- struct{}{}
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

var benchBody = []byte(`[{"id":"` + strings.Repeat("x", 1000) + `"}]`)

var lanes = func() (lanes [64]string) {
	for i := range lanes {
		lanes[i] = fmt.Sprint("lane", i)
	}
	return lanes
}()

func benchEngine(b *testing.B, hook http.RoundTripper) *Engine {
	bb := openBackbone(b, b.TempDir())
	e := New(Config{
		Policies: policies(), Client: &http.Client{Transport: hook}, MaxQueued: 10_000_000,
		Attempts: history.Config{Archive: history.AttemptsOnBackbone(bb, time.Hour, 10_000), Keep: time.Hour},
	}, onDisk(b.TempDir()), quiet())
	if _, err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	return e
}

func stop(b *testing.B, e *Engine) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := e.Stop(ctx); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGroupCommit accepts holds from many goroutines as fast as it can,
// each of which waits until its own is on disk.
func BenchmarkGroupCommit(b *testing.B) {
	for _, callers := range []int{1, 16, 256} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			b.ReportAllocs()
			e := benchEngine(b, &instant{})
			var n atomic.Int64
			b.SetParallelism(max(callers/2, 1))
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					e.Hold(fmt.Sprint(n.Add(1)), benchBody)
					if err := e.Flush(b.Context()); err != nil {
						b.Error(err)
					}
				}
			})
			b.StopTimer()
			stop(b, e)
		})
	}
}

// BenchmarkThroughput is an event's whole way, journal and acknowledgement
// included, with an endpoint that costs nothing.
func BenchmarkThroughput(b *testing.B) {
	b.ReportAllocs()
	hook := &instant{}
	e := benchEngine(b, hook)
	b.ResetTimer()
	for i := range b.N {
		e.Post(Message{Policy: "callback", Group: lanes[i%64], Lane: lanes[i%64], URL: "http://app.test/hook", Body: benchBody})
	}
	stop(b, e)
	if n := hook.posts.Load(); n != int64(b.N) {
		b.Fatalf("%d of %d were posted", n, b.N)
	}
}

// BenchmarkLatency is the time from Post to the webhook, one event at a time.
func BenchmarkLatency(b *testing.B) {
	b.ReportAllocs()
	hook := &instant{seen: make(chan struct{})}
	e := benchEngine(b, hook)
	var took []time.Duration
	b.ResetTimer()
	for range b.N {
		begun := time.Now()
		e.Post(Message{Policy: "callback", Group: "c", Lane: "c", URL: "http://app.test/hook", Body: benchBody})
		<-hook.seen
		took = append(took, time.Since(begun))
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	stop(b, e)
}

// BenchmarkRecovery reads a journal of events that nobody took.
func BenchmarkRecovery(b *testing.B) {
	b.ReportAllocs()
	const records = 5000
	dir := b.TempDir()
	e := New(Config{Policies: policies()}, onDisk(dir), quiet())
	e.over = true
	e.turn.Unlock()
	go e.journal.Write(e.writing) // journalled, never scheduled
	if _, err := e.journal.Recover(b.Context()); err != nil {
		b.Fatal(err)
	}
	for i := range records {
		e.Post(Message{Policy: "callback", Lane: fmt.Sprint(i % 100), URL: "http://app.test/hook", Body: benchBody})
	}
	if err := errors.Join(e.Flush(b.Context()), e.journal.Close(b.Context())); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		again := New(Config{Policies: policies()}, onDisk(dir), quiet())
		r, err := again.journal.Recover(b.Context())
		if err != nil || len(r.Messages) != records {
			b.Fatalf("%d messages, %v", len(r.Messages), err)
		}
		if err := again.journal.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(records*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
