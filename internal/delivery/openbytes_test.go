package delivery

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestBytesOfWhatWaitsAreCounted until it has ended, by the next process too, and by host and port.
func TestBytesOfWhatWaitsAreCounted(t *testing.T) {
	const other = "http://other.test:81/x"
	hooks := &webhooks{answer: func(string, string, int) reply { return reply{status: 503} }}
	memory := journal.InMemory()
	var left *journal.MemoryStore
	var waiting, there int64
	run(t, memory, hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(callback(hook, strings.Repeat("x", 50_000)), callback(hook+"?another", strings.Repeat("y", 20_000)), callback(other, strings.Repeat("z", 10_000)))
		time.Sleep(time.Minute) // the bodies are in the journal alone
		waiting, there = e.Waiting("callback", hook)
		if events, _ := e.Waiting("eventgrid", hook); waiting < 80_000 || waiting > 90_000 || there < 70_000 || there > 79_000 || events != 0 {
			t.Errorf("%d bytes wait, %d of them there, and %d of events", waiting, there, events)
		}
		left = memory.Copy()
	})
	run(t, left, &webhooks{}, func(e *Engine, _ []journal.Hold) {
		if all, n := e.Waiting("callback", hook); all != waiting || n != there {
			t.Errorf("%d bytes wait after a restart, %d of them there, want %d and %d", all, n, waiting, there)
		}
		time.Sleep(2 * time.Minute)
		if all, n := e.Waiting("callback", hook); all != 0 || n != 0 || len(e.open.bytes.there) != 0 {
			t.Errorf("%d and %d bytes are counted of what has ended, of %v", all, n, e.open.bytes.there)
		}
	})
}

func TestPlacesOfAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"http://app.test/x": "app.test", "http://app.test": "app.test", "https://a:b@app.test:8443?x=/": "app.test:8443",
		"http://[::1]:80/@": "[::1]:80", "http://app.test#x://y": "app.test", "nats:subject": "nats:subject", "": "",
	} {
		if got := placeOf(address); got != want {
			t.Errorf("%q is at %q, want %q", address, got, want)
		}
	}
}

// BenchmarkOpenMessages counts a message of one of a thousand endpoints, and counts it no more.
func BenchmarkOpenMessages(b *testing.B) {
	var jobs []*job
	for n := range 1000 {
		jobs = append(jobs, &job{msg: Message{Policy: "callback", Group: fmt.Sprint(n), URL: fmt.Sprintf("http://app%d.test/callbacks?call=%d", n, n)}})
	}
	o := openMessages{most: 1 << 20}
	for _, j := range jobs {
		o.add(j)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		o.add(jobs[i%1000])
		o.end(jobs[i%1000])
	}
}
