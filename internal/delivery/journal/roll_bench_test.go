//go:build unix

package journal

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkWriterWhereFilesBegin is a writer of 1,000 pages of 1 kB a second for 20 s, whose
// pages are synced every 10 ms: the longest that a page took to be written, near the
// begin of a file of 512 kB and elsewhere.
func BenchmarkWriterWhereFilesBegin(b *testing.B) {
	for b.Loop() {
		s := OnDisk(b.TempDir(), nil, quiet())
		s.full, s.over = 512<<10, 128<<10
		if err := s.Recover(b.Context(), func(uint64, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
		ended := make(chan bool)
		go func() {
			for tick := time.NewTicker(10 * time.Millisecond); ; {
				select {
				case <-tick.C:
					_ = s.Sync()
				case <-ended:
					return
				}
			}
		}()
		var begins, others []time.Duration
		began, files := time.Now(), 1
		for i := range 20_000 {
			time.Sleep(time.Until(began.Add(time.Duration(i) * time.Millisecond)))
			from := time.Now()
			number, err := s.Append(b.Context(), uint64(i+1), benchContent)
			if err != nil {
				b.Fatal(err)
			}
			took := time.Since(from)
			s.Done(number)
			s.mu.Lock()
			ordinal := int(s.segments[len(s.segments)-1].ordinal)
			s.mu.Unlock()
			if ordinal != files {
				begins, files = append(begins, took), ordinal
			} else {
				others = append(others, took)
			}
		}
		close(ended)
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		slices.Sort(begins)
		slices.Sort(others)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(len(begins)), "files")
		b.ReportMetric(float64(begins[len(begins)/2].Microseconds())/1000, "begin-p50-ms")
		b.ReportMetric(float64(begins[len(begins)-1].Microseconds())/1000, "begin-longest-ms")
		b.ReportMetric(float64(others[len(others)*999/1000].Microseconds())/1000, "other-p999-ms")
		b.ReportMetric(float64(others[len(others)-1].Microseconds())/1000, "other-longest-ms")
	}
}
