package delivery

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestTimersRunInTheOrderOfTheirTimes, and those of one moment as they came.
func TestTimersRunInTheOrderOfTheirTimes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Now()
	var queue timerQueue
	var got, want [][2]int
	for n := range 1000 {
		at := random.IntN(100)
		want = append(want, [2]int{at, n})
		queue.at(start.Add(time.Duration(at)), func() { got = append(got, [2]int{at, n}) })
	}
	slices.SortStableFunc(want, func(a, b [2]int) int { return a[0] - b[0] })
	for now := range 100 {
		for next, ok := queue.next(); ok && !next.After(start.Add(time.Duration(now))); next, ok = queue.next() {
			queue.run(start.Add(time.Duration(now)))
		}
		if n := len(got); n > 0 && got[n-1][0] > now {
			t.Fatalf("at %d ran %v", now, got[n-1])
		}
	}
	if !slices.Equal(got, want) || len(queue.items) != 0 {
		t.Errorf("ran %v, want %v", got, want)
	}
}
