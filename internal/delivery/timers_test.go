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

// TestTimesThatNeedNotBeExactShareAnAlarm: none is early, none 50 ms late.
func TestTimesThatNeedNotBeExactShareAnAlarm(t *testing.T) {
	var queue timerQueue
	start := time.Now()
	moments := map[time.Time]bool{}
	for n := range 1000 {
		at := start.Add(time.Duration(n) * time.Millisecond)
		queue.about(at, func() {})
		set := queue.items[slices.IndexFunc(queue.items, func(i item) bool { return i.order == queue.count })].at
		if late := set.Sub(at); late < 0 || late >= coarse {
			t.Fatalf("a time is put off by %s", late)
		}
		moments[set] = true
	}
	if len(moments) > 21 {
		t.Errorf("a second has %d alarms", len(moments))
	}
}
