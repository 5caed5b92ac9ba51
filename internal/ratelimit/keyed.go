package ratelimit

import (
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
)

// Keyed is a token bucket for each key, such as an address. A bucket that is full
// again is forgotten; where there are too many, the one that is nearest to it.
type Keyed[K comparable] struct {
	rate Rate
	full *expiring.Map[K, time.Time] // when each is full again, which is when it expires
}

// NewKeyed makes buckets of a rate, of which at most so many are kept.
func NewKeyed[K comparable](rate Rate, keys int) *Keyed[K] {
	return &Keyed[K]{rate: rate, full: expiring.New(expiring.Config[K, time.Time]{Entries: keys})}
}

// Allow takes a token of a key's bucket, if there is one.
func (k *Keyed[K]) Allow(key K, now time.Time) (allowed bool) {
	k.full.Update(key, now, func(full time.Time, _ bool) (time.Time, time.Time) {
		if allowed = !now.Before(k.rate.next(full)); allowed {
			full = k.rate.after(full, now)
		}
		return full, full
	})
	return allowed
}

// Len is how many keys have a bucket that is not full.
func (k *Keyed[K]) Len(now time.Time) int { return k.full.Len(now) }
