package ratelimit

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// count asks so many times and tells how often it was allowed.
func count(times int, allow func() bool) (allowed int) {
	for range times {
		if allow() {
			allowed++
		}
	}
	return allowed
}

func TestABucketAllowsABurstAndThenARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket(Rate{PerSecond: 10, Burst: 30})
		allow := func() bool { return b.Allow(time.Now()) }
		for _, step := range []struct {
			name  string
			after time.Duration
			want  int
		}{
			{"a full bucket", 0, 30},
			{"an empty one", 0, 0},
			{"a moment before a token is back", 100*time.Millisecond - 1, 0},
			{"that moment later", 1, 1},
			{"a second later", time.Second, 10},
			{"and never more than the burst", time.Hour, 30},
		} {
			time.Sleep(step.after)
			if got := count(100, allow); got != step.want {
				t.Errorf("%s: %d were allowed, want %d", step.name, got, step.want)
			}
		}
	})
}

func TestWhatIsTakenWithoutATokenDelaysTheNext(t *testing.T) {
	now, b := time.Now(), NewBucket(Every(time.Second))
	for range 3 {
		b.Take(now)
	}
	if at := b.Next(); at != now.Add(3*time.Second) || at != b.Full() || b.Allow(at.Add(-1)) || !b.Allow(at) {
		t.Errorf("the next token comes after %v", at.Sub(now))
	}
}

func TestANewRateHoldsForTheNextToken(t *testing.T) {
	now, b := time.Now(), NewBucket(Rate{PerSecond: 1, Burst: 2})
	b.SetRate(Rate{PerSecond: 100, Burst: 5})
	if got := count(100, func() bool { return b.Allow(now) }); got != 5 {
		t.Errorf("%d were allowed", got)
	}
	if got := b.Next().Sub(now); got != 10*time.Millisecond {
		t.Errorf("the next token comes after %v", got)
	}
}

func TestABucketIsSharedByGoroutines(t *testing.T) {
	now := time.Now()
	b, k := NewBucket(Rate{PerSecond: 1, Burst: 50}), NewKeyed[string](Rate{PerSecond: 1, Burst: 50}, 10)
	var one, keyed atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			one.Add(int64(count(100, func() bool { return b.Allow(now) })))
			keyed.Add(int64(count(100, func() bool { return k.Allow("a", now) })))
		})
	}
	all.Wait()
	if one.Load() != 50 || keyed.Load() != 50 {
		t.Errorf("%d and %d were allowed", one.Load(), keyed.Load())
	}
}

func TestEachKeyHasItsBucket(t *testing.T) {
	now, k := time.Now(), NewKeyed[string](Rate{PerSecond: 1, Burst: 3}, 2)
	for _, key := range []string{"a", "b"} {
		if got := count(10, func() bool { return k.Allow(key, now) }); got != 3 {
			t.Errorf("%s: %d were allowed", key, got)
		}
	}
	if n := k.Len(now.Add(3*time.Second - 1)); n != 2 {
		t.Errorf("%d buckets are not full", n)
	}
	if n := k.Len(now.Add(3 * time.Second)); n != 0 {
		t.Errorf("%d buckets that are full are kept", n)
	}
}

func TestTheBucketThatIsNearestToFullMakesRoom(t *testing.T) {
	now, k := time.Now(), NewKeyed[string](Rate{PerSecond: 1, Burst: 3}, 2)
	count(3, func() bool { return k.Allow("loud", now) })
	k.Allow("quiet", now)
	k.Allow("new", now)
	if k.Allow("loud", now) {
		t.Error("who is loud was forgotten")
	}
	if n := k.Len(now); n != 2 {
		t.Errorf("%d buckets are kept", n)
	}
}

func TestInNoSpanAsLongAsAWindowDoMoreHappen(t *testing.T) {
	w, now := NewWindow(time.Minute), time.Unix(1_700_000_000, 0)
	var allowed []time.Time
	for range 5000 {
		if w.Allow(now, 20) {
			allowed = append(allowed, now)
		}
		now = now.Add(271 * time.Millisecond)
	}
	if len(allowed) < 20*20 {
		t.Errorf("only %d were allowed in 22 minutes", len(allowed))
	}
	for i := range allowed[20:] {
		if span := allowed[i+20].Sub(allowed[i]); span < time.Minute {
			t.Fatalf("21 were allowed in %v", span)
		}
	}
}

func TestAWindowTellsWhenTheOldestLeaves(t *testing.T) {
	w, now := NewWindow(time.Minute), time.Unix(1_700_000_000, 0)
	if w.Wait(now) != 0 || !w.Empty(now) {
		t.Error("nothing is in it, and yet there is something")
	}
	count(2, func() bool { return w.Allow(now, 2) })
	now = now.Add(10 * time.Second)
	if left := w.Wait(now); w.Allow(now.Add(left-time.Second), 2) || !w.Allow(now.Add(left), 2) {
		t.Errorf("there is room in %v", left)
	}
	if now = now.Add(time.Hour); !w.Empty(now) {
		t.Error("after an hour something is in it")
	}
}

func ExampleBucket() {
	now := time.Now()
	warnings := NewBucket(Every(10 * time.Second))
	for second := range 25 {
		if warnings.Allow(now.Add(time.Duration(second) * time.Second)) {
			fmt.Println("warning at", second)
		}
	}
	// Output:
	// warning at 0
	// warning at 10
	// warning at 20
}

func ExampleKeyed() {
	now := time.Now()
	sources := NewKeyed[string](Rate{PerSecond: 10, Burst: 2}, 4096)
	for range 3 {
		fmt.Println(sources.Allow("192.0.2.1", now), sources.Allow("192.0.2.2", now))
	}
	// Output:
	// true true
	// true true
	// false false
}

func BenchmarkBucket(b *testing.B) {
	now, bucket := time.Now(), NewBucket(Rate{PerSecond: 1000, Burst: 10})
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Microsecond)
		bucket.Allow(now)
	}
}

// BenchmarkKeyed is a flood from more sources than are remembered.
func BenchmarkKeyed(b *testing.B) {
	now, sources := time.Now(), NewKeyed[uint64](Rate{PerSecond: 10, Burst: 30}, 4096)
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		now = now.Add(time.Microsecond)
		sources.Allow(i%10000, now)
	}
}
