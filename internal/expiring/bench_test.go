package expiring

import (
	"testing"
	"time"
)

func BenchmarkGet(b *testing.B) {
	now, m := time.Now(), New(Config[uint64, struct{}]{TTL: time.Minute, Entries: 4096})
	for i := range uint64(4096) {
		m.Put(i, struct{}{}, now)
	}
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		m.Get(i%8192, now)
	}
}

// BenchmarkPut writes into a full map, whose oldest entry makes room each time.
func BenchmarkPut(b *testing.B) {
	now, m := time.Now(), New(Config[uint64, struct{}]{TTL: time.Minute, Entries: 1 << 18})
	for i := range uint64(1 << 18) {
		m.Put(i, struct{}{}, now)
	}
	b.ReportAllocs()
	for i := uint64(1 << 18); b.Loop(); i++ {
		now = now.Add(time.Microsecond)
		m.Put(i, struct{}{}, now)
	}
}

func BenchmarkUpdate(b *testing.B) {
	now, m := time.Now(), New(Config[uint64, int]{Entries: 4096})
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		now = now.Add(time.Microsecond)
		m.Update(i%4096, now, func(n int, _ bool) (int, time.Time) { return n + 1, now.Add(time.Minute) })
	}
}
