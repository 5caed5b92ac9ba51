// Package backoff says how long to wait before something that failed is tried
// again: delays that grow from failure to failure up to a bound, with jitter, so
// that those who failed together do not return together.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Exponential are delays that double from one failure to the next.
type Exponential struct {
	First   time.Duration // after the first failure
	Longest time.Duration // bounds the growth, not the jitter on top; 0 is no bound
	Jitter  float64       // by how much of itself each delay is lengthened at most; 1 doubles it

	// Random returns a number from 0 up to 1, for tests; nil is chance.
	Random func() float64
}

// Delay is how long to wait after so many failures in a row; less than one
// counts as the first.
func (e Exponential) Delay(failures int) time.Duration {
	longest := e.Longest
	if longest <= 0 {
		longest = 1<<63 - 1
	}
	delay := min(e.First, longest)
	for range failures - 1 {
		if delay > longest/2 {
			delay = longest
			break
		}
		delay *= 2
	}
	return lengthen(delay, e.Jitter, e.Random)
}

// Steps are delays from a table: one after each failure, the last again and again.
type Steps struct {
	Delays []time.Duration
	Jitter float64
	Random func() float64
}

// Delay is how long to wait after so many failures in a row; less than one
// counts as the first.
func (s Steps) Delay(failures int) time.Duration {
	if len(s.Delays) == 0 {
		return 0
	}
	return lengthen(s.Delays[min(max(failures, 1), len(s.Delays))-1], s.Jitter, s.Random)
}

// Jitter lengthens a delay by up to the given share of it.
func Jitter(delay time.Duration, share float64) time.Duration { return lengthen(delay, share, nil) }

func lengthen(delay time.Duration, share float64, random func() float64) time.Duration {
	if random == nil {
		random = rand.Float64
	}
	if share <= 0 || delay <= 0 {
		return delay
	}
	longer := float64(delay) + share*random()*float64(delay)
	if longer >= 1<<63 {
		return 1<<63 - 1
	}
	return time.Duration(longer)
}

// Wait lets a delay pass. It returns false when ctx ended first.
func Wait(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
