package expiring

import (
	"testing"
	"time"
)

func TestSetRemembersForItsTTLAtLeastAndTwiceAtMost(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(d time.Duration) time.Time { return start.Add(d) }
	s := NewSet[int](time.Minute, 10)
	s.Add(1, at(0))
	s.Add(2, at(50*time.Second))
	for _, test := range []struct {
		at       time.Duration
		key      int
		has      bool
		afterAll int
	}{
		{59 * time.Second, 1, true, 2},
		{61 * time.Second, 1, true, 2},  // the generation has turned, and is remembered
		{109 * time.Second, 2, true, 2}, // 59 s after it was added
		{121 * time.Second, 1, false, 0},
		{121 * time.Second, 2, false, 0},
	} {
		if got := s.Has(test.key, at(test.at)); got != test.has {
			t.Errorf("after %v, %d: %t", test.at, test.key, got)
		}
		if n := s.Expire(at(test.at)); n != test.afterAll {
			t.Errorf("after %v: %d keys are left, want %d", test.at, n, test.afterAll)
		}
	}
}

func TestFullSetForgetsTheOldGeneration(t *testing.T) {
	now := time.Unix(1000, 0)
	s := NewSet[int](time.Minute, 10)
	for i := range 25 {
		s.Add(i, now)
	}
	for key, want := range map[int]bool{24: true, 20: true, 19: true, 10: true, 9: false, 0: false} {
		if got := s.Has(key, now); got != want {
			t.Errorf("%d: %t, want %t", key, got, want)
		}
	}
}

func BenchmarkSet(b *testing.B) {
	s, now := NewSet[uint64](time.Minute, 1<<18), time.Unix(1000, 0)
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		s.Add(i*0x9E3779B97F4A7C15, now)
	}
}
