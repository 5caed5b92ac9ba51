package main

import (
	"fmt"
	"slices"
	"time"
)

// times are durations of one kind.
type times []time.Duration

// at is the duration that a share of them did not exceed.
func (t times) at(share float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	return sorted[int(share*float64(len(sorted)-1))]
}

// String is p50, p99 and the longest, as the table shows them.
func (t times) String() string {
	return fmt.Sprintf("%s / %s / %s", milliseconds(t.at(0.5)), milliseconds(t.at(0.99)), milliseconds(t.at(1)))
}

func milliseconds(d time.Duration) string {
	if d >= 100*time.Millisecond {
		return fmt.Sprintf("%.0f ms", 1e3*d.Seconds())
	}
	return fmt.Sprintf("%.1f ms", 1e3*d.Seconds())
}
