package backoff

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func always(share float64) func() float64 { return func() float64 { return share } }

func TestDelaysDoubleUpToABound(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name  string
		of    Exponential
		after []int
		want  []time.Duration
	}{
		{"they double", Exponential{First: s, Longest: 5 * s}, []int{1, 2, 3, 4, 100}, []time.Duration{s, 2 * s, 4 * s, 5 * s, 5 * s}},
		{"no failure counts as one", Exponential{First: s, Longest: 5 * s}, []int{0, -3}, []time.Duration{s, s}},
		{"the first is bounded too", Exponential{First: 9 * s, Longest: 5 * s}, []int{1, 2}, []time.Duration{5 * s, 5 * s}},
		{"jitter comes on top", Exponential{First: s, Longest: 2 * s, Jitter: 0.5, Random: always(0.5)}, []int{1, 2, 3}, []time.Duration{5 * s / 4, 5 * s / 2, 5 * s / 2}},
		{"without a bound nothing overflows", Exponential{First: s, Jitter: 1, Random: always(0.99)}, []int{1 << 40}, []time.Duration{math.MaxInt64}},
		{"nothing stays nothing", Exponential{Jitter: 1}, []int{7}, []time.Duration{0}},
	} {
		var got []time.Duration
		for _, failures := range test.after {
			got = append(got, test.of.Delay(failures))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestTheLastStepRepeats(t *testing.T) {
	steps := Steps{Delays: []time.Duration{10, 30, 60}, Jitter: 0.5, Random: always(0.2)}
	var got []time.Duration
	for failures := range 6 {
		got = append(got, steps.Delay(failures))
	}
	if want := []time.Duration{11, 11, 33, 66, 66, 66}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if delay := (Steps{}).Delay(1); delay != 0 {
		t.Errorf("without steps: %v", delay)
	}
}

func TestJitterSpreadsDelays(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 1000 {
		delay := Jitter(time.Second, 0.25)
		if delay < time.Second || delay >= 1250*time.Millisecond {
			t.Fatalf("%v", delay)
		}
		seen[delay.Truncate(10*time.Millisecond)] = true
	}
	if len(seen) != 25 {
		t.Errorf("only %d of 25 intervals were hit", len(seen))
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if !Wait(t.Context(), time.Minute) || time.Since(began) != time.Minute {
			t.Errorf("a minute took %v", time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if began = time.Now(); Wait(ctx, time.Minute) || time.Since(began) != time.Second {
			t.Errorf("a second took %v", time.Since(began))
		}
		for range 100 { // however the two are picked
			if Wait(ctx, 0) {
				t.Fatal("waited successfully after the end")
			}
		}
	})
}

func ExampleExponential() {
	retry := Exponential{First: 200 * time.Millisecond, Longest: 2 * time.Second} // a user has Jitter too
	for failures := range 5 {
		fmt.Println(retry.Delay(failures + 1))
	}
	// Output:
	// 200ms
	// 400ms
	// 800ms
	// 1.6s
	// 2s
}
