//go:build unix

package journal

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// event is a message of 1 kB that is over as soon as it is on disk.
type event struct{ on chan time.Time }

func (event) Encode() []byte                           { return append(NewContent(len(benchContent)), benchContent...) }
func (event) Decode([]byte, int) (_ []string, _ error) { return }
func (event) Forget()                                  {}

var benchContent = []byte(strings.Repeat("x", 1000))

// BenchmarkJournalAtRates is the journal alone, when nobody waits for a sync: what a
// record costs, until it is on disk and forgotten, at given rates for 2 s each.
func BenchmarkJournalAtRates(b *testing.B) {
	for _, rate := range []int{1, 10, 100, 1000, 10_000} {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			for b.Loop() {
				atRate(b, rate)
			}
		})
	}
}

func atRate(b *testing.B, rate int) {
	store := OnDisk(b.TempDir(), nil, quiet())
	var syncs atomic.Int64
	store.syncData = func(file file) error { syncs.Add(1); return store.files.syncData(file) }
	tasks := make(chan func())
	var j *Journal
	j = New(store, Owner{
		Do: func(do func()) { tasks <- do },
		At: func(time.Time, func()) {}, // nothing is written again
		Accepted: func(r *Record) {
			r.Message.(event).on <- time.Now()
			j.End(r)
		},
	}, quiet())
	if _, err := j.Recover(b.Context()); err != nil {
		b.Fatal(err)
	}
	owner, writer := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(owner)
		for do := range tasks {
			do()
		}
	}()
	go func() { j.Write(b.Context()); close(writer) }()

	count := 2 * rate
	on, queued := make(chan time.Time, count), make([]time.Time, count)
	before, began := processorTime(b), time.Now()
	for i := range count {
		time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		r := &Record{}
		queued[i] = time.Now()
		r.NewMessage(event{on}, queued[i], nil)
		j.Put(EntryOf(r))
	}
	if err := j.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	j.Seal()
	<-writer
	close(tasks)
	<-owner
	if err := store.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	used := processorTime(b) - before
	var took []time.Duration
	for i := range count {
		took = append(took, (<-on).Sub(queued[i]))
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(used.Microseconds())/float64(count), "CPU-µs/record")
	b.ReportMetric(float64(count)/float64(syncs.Load()), "records/sync")
	b.ReportMetric(float64(took[count/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[count*99/100].Microseconds())/1000, "p99-ms")
}

func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
