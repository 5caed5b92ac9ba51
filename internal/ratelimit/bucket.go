// Package ratelimit limits how often something happens. A Bucket lets a burst
// through and then a steady rate; Keyed has one for each key; a Window lets
// through no more than a number in any span of time. Time is an argument: nothing
// here has a clock or a goroutine.
package ratelimit

import (
	"sync"
	"time"
)

// Rate is a steady rate and the burst on top of it.
type Rate struct {
	PerSecond float64 // more than 0
	Burst     int     // how many may come at once; less than one counts as one
}

// Every is a rate of one in an interval.
func Every(interval time.Duration) Rate { return Rate{PerSecond: 1 / interval.Seconds(), Burst: 1} }

// interval is what one token takes to come back.
func (r Rate) interval() time.Duration { return time.Duration(float64(time.Second) / r.PerSecond) }

// next is when a token can be had of a bucket that is full again at full.
func (r Rate) next(full time.Time) time.Time {
	return full.Add(-time.Duration(max(r.Burst, 1)-1) * r.interval())
}

// after is when a bucket is full again of which a token is taken now.
func (r Rate) after(full, now time.Time) time.Time {
	if full.Before(now) {
		full = now
	}
	return full.Add(r.interval())
}

// Bucket is a token bucket: it is full at first, each event takes a token, and
// tokens come back at the rate. It keeps one time, when it will be full again (the
// generic cell rate algorithm, ITU-T I.371). It is safe for concurrent use; its
// lock is a leaf.
type Bucket struct {
	mu   sync.Mutex
	rate Rate
	full time.Time
}

// NewBucket makes a full bucket.
func NewBucket(rate Rate) *Bucket { return &Bucket{rate: rate} }

// Fill makes a zero bucket, which lies in what owns it, a full one of a rate.
func (b *Bucket) Fill(rate Rate) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rate, b.full = rate, time.Time{}
}

// Allow takes a token, if there is one.
func (b *Bucket) Allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.rate.next(b.full)) {
		return false
	}
	b.full = b.rate.after(b.full, now)
	return true
}

// Take takes a token whether there is one or not: what is owed delays the next.
func (b *Bucket) Take(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.full = b.rate.after(b.full, now)
}

// Next is when there is a token; a time that is past where there is one now.
func (b *Bucket) Next() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rate.next(b.full)
}

// Full is when the bucket is as if nothing had ever been taken.
func (b *Bucket) Full() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.full
}

// SetRate changes the rate. What is owed is still owed.
func (b *Bucket) SetRate(rate Rate) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rate = rate
}
