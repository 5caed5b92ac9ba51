package history

import (
	"fmt"
	"testing"
	"time"
)

// someAttempt is like most of them.
var someAttempt = Attempt{
	ID: "647df651-9622-4c45-be09-497a0ab2e89d", Policy: "eventgrid", Group: "INCOMING", Note: "Microsoft.Communication.IncomingCall",
	URL: "https://app.example.com/events?code=***", Number: 1, Status: 200, Latency: 1500 * time.Microsecond, Result: Delivered,
}

// BenchmarkAttempt records an attempt and archives it, synced to disk in groups.
func BenchmarkAttempt(b *testing.B) {
	b.ReportAllocs()
	h := New(Attempts, Config{Archive: AttemptsOnBackbone(openBackbone(b, b.TempDir()), time.Hour, 10_000), Keep: time.Hour, Size: 10_000}, quiet())
	a := someAttempt
	for i := range b.N {
		a.Time = time.Now()
		h.Add(a)
		if i%5000 == 0 {
			for h.writeBlock(b.Context()) {
			}
		}
	}
}

// BenchmarkLoadAttempts is what a start takes longer for ten thousand archived
// attempts: of a busy hour, many in a block, and of a quiet week, one in each.
func BenchmarkLoadAttempts(b *testing.B) {
	for _, each := range []int{blockRecords, 1} {
		b.Run(fmt.Sprint("records-in-a-block=", each), func(b *testing.B) {
			b.ReportAllocs()
			archive := AttemptsOnBackbone(openBackbone(b, b.TempDir()), time.Hour, 10_000)
			h := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 10_000}, quiet())
			a := someAttempt
			for i := range 10_000 {
				a.Time = time.Now()
				h.Add(a)
				if i%each == 0 {
					h.writeBlock(b.Context())
				}
			}
			for h.writeBlock(b.Context()) {
			}
			for b.Loop() {
				again := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 10_000}, quiet())
				if err := again.Load(b.Context()); err != nil || again.ring.length() != 10_000 {
					b.Fatal(again.ring.length(), err)
				}
			}
		})
	}
}
