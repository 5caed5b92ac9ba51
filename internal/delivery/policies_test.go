package delivery

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
)

// The two kinds of policies that publishers have, with parameters like theirs,
// which are callautomation's and eventgrid's.
func policies() map[string]Policy {
	return map[string]Policy{"callback": orderedPolicy(), "eventgrid": scheduledPolicy(), "patient": patientPolicy()}
}

// patientPolicy is orderedPolicy for applications that may never answer.
func patientPolicy() Policy {
	p := orderedPolicy()
	p.Timeout, p.Late = 30*time.Second, 570*time.Second
	p.Patient = func(*Message) bool { return true }
	return p
}

// orderedPolicy keeps lanes in order, and retries until a minute after the end
// of a group.
func orderedPolicy() Policy {
	delays := backoff.Exponential{First: 200 * time.Millisecond, Longest: 15 * time.Second, Jitter: 0.25}
	return Policy{
		Retry: func(_ *Message, o Outcome) (time.Duration, bool) {
			again := o.Status == http.StatusRequestTimeout || o.Status == http.StatusTooManyRequests || o.Status >= 500 ||
				o.Status == 0 && !errors.Is(o.Err, ErrAddressRefused)
			delay := max(delays.Delay(o.Attempt), min(o.RetryAfter, time.Minute))
			return delay, again && !(o.Ended && o.SinceEnd+delay > time.Minute)
		},
		HoldLane: 5 * time.Second, Overlap: 250 * time.Millisecond, LastWait: 5 * time.Second, TTL: 24 * time.Hour,
	}
}

// scheduledPolicy retries by a schedule, a number of times, for a time, and has
// a breaker for each group.
func scheduledPolicy() Policy {
	delays := backoff.Steps{Jitter: 0.05, Delays: []time.Duration{
		10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute,
		30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	}}
	final := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestEntityTooLarge}
	return Policy{
		Success: func(status int) bool { return status >= 200 && status <= 204 },
		Retry: func(_ *Message, o Outcome) (time.Duration, bool) {
			return max(delays.Delay(o.Attempt), min(o.RetryAfter, time.Hour)), !slices.Contains(final, o.Status) && !errors.Is(o.Err, ErrAddressRefused)
		},
		Timeout: 30 * time.Second, Late: 150 * time.Second,
		GroupBreaker: GroupBreaker{After: 10, Longest: 5 * time.Minute, For: func(o Outcome) time.Duration {
			switch {
			case o.Status == http.StatusBadRequest || o.Status == http.StatusRequestEntityTooLarge:
				return 0
			case o.Status == http.StatusNotFound || o.Status == http.StatusForbidden:
				return 5 * time.Minute
			case o.Status == 0 && !errors.Is(o.Err, ErrNotAnswered):
				return 30 * time.Second
			}
			return 10 * time.Second
		}},
		MaxAttempts: 30, TTL: 1440 * time.Minute,
	}
}
