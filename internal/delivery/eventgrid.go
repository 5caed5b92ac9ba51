package delivery

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// eventGridSchedule is the delay after each failed attempt; the last repeats.
var eventGridSchedule = []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute,
	30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// EventGridPolicy is Event Grid's delivery: only 200 to 204 are success; the
// statuses that are final are never retried, the rest by Event Grid's schedule,
// 30 times and for a day at most; ten failures in a row put a subscription on
// probation. Retries do not hold the lane.
func EventGridPolicy() Policy {
	return Policy{
		Success:     func(status int) bool { return status >= 200 && status <= 204 },
		Retry:       retryEventGrid,
		Timeout:     30 * time.Second,
		Late:        150 * time.Second, // "within 3 minutes"
		Probation:   Probation{After: 10, For: probationFor, Longest: longestProbation},
		MaxAttempts: 30,
		TTL:         1440 * time.Minute,
	}
}

func retryEventGrid(m *Message, o Outcome) (time.Duration, bool) {
	step := min(max(o.Attempt, 1), len(eventGridSchedule)) - 1
	delay := eventGridSchedule[step]
	resource := !isWebhook(m.URL)
	switch o.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge:
		return 0, false
	case http.StatusUnauthorized:
		if !resource {
			return 0, false
		}
		delay = max(delay, 5*time.Minute)
	case http.StatusNotFound:
		if resource {
			delay = max(delay, 5*time.Minute)
		}
	case http.StatusRequestTimeout:
		delay = max(delay, 2*time.Minute)
	case http.StatusServiceUnavailable:
		delay = max(delay, 30*time.Second)
	}
	if errors.Is(o.Err, ErrAddressRefused) {
		return 0, false // the configuration forbids it; asking again changes nothing
	}
	return max(jitter(delay, 0.05), min(o.RetryAfter, longestRetryAfter)), true
}

// longestRetryAfter bounds what an endpoint may ask for.
const longestRetryAfter = time.Hour

func isWebhook(url string) bool {
	return strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://")
}

// longestProbation is the longest of the table for webhooks, far less than the
// "several hours" that Event Grid may take: an endpoint that is well again
// should not wait that long for its events.
const longestProbation = 5 * time.Minute

// probationFor is Event Grid's table; what is not in it is taken as Busy,
// except for what is wrong with a single event.
func probationFor(name string) time.Duration {
	switch name {
	case NameBadRequest, NamePayloadTooLarge, NameAborted:
		return 0
	case NameSocketError:
		return 30 * time.Second
	case NameNotFound, NameResolutionError, NameDisabled, NameFull, NameUnauthorized, NameForbidden:
		return 5 * time.Minute
	default:
		return 10 * time.Second
	}
}
