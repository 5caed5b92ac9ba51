package eventgrid

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
)

// schedule is the delay after each failed attempt; the last repeats. Each is up
// to 5 % longer, at random.
var schedule = backoff.Steps{Jitter: 0.05, Delays: []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute,
	30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}}

// PolicyName is the policy that messages name.
const PolicyName = "eventgrid"

// Policy returns the rules of deliveries, to be given to the delivery engine
// under PolicyName. Only 200 to 204 are success; the statuses that are final are
// never retried, the rest by Event Grid's schedule, 30 times and for a day at
// most; after ten failures in a row a subscription's circuit opens, which Event
// Grid calls probation. Retries do not hold the lane. An IncomingCall that a webhook
// has taken and does not answer is sent again only if its connection ends: the call
// has ceased to ring, and applications that never answer are common.
//
// Each attempt gets the headers that tell one event and one attempt from
// another, and the token of a protected webhook (nil tokens: there are none). An
// attempt without its token fails, and is followed by another.
func Policy(tokens Tokens) delivery.Policy {
	return delivery.Policy{
		Success: func(status int) bool { return status >= 200 && status <= 204 },
		Retry:   retry,
		Prepare: func(ctx context.Context, h delivery.Header, m *delivery.Message, attempt int) error {
			return prepare(ctx, h, m, attempt, tokens)
		},
		Timeout:      30 * time.Second,
		Late:         150 * time.Second, // "within 3 minutes"
		Patient:      uselessLater,
		GroupBreaker: delivery.GroupBreaker{After: 10, For: probationFor, Longest: longestProbation},
		MaxAttempts:  30,
		TTL:          1440 * time.Minute,
	}
}

// uselessLater is whether a webhook that was told, and has not answered, has no use for
// being told again.
func uselessLater(m *delivery.Message) bool {
	return m.Event.Type == typeIncomingCall && toWebhook(m.URL)
}

func prepare(ctx context.Context, h delivery.Header, m *delivery.Message, attempt int, tokens Tokens) error {
	tell(h, m.ID, attempt)
	if _, err := authorize(ctx, h, tokens, m.Bearer); err != nil {
		return fmt.Errorf("%w: %w", delivery.ErrNotReady, err)
	}
	return nil
}

// retry is Event Grid's table of answers: what is final, and what waits longer
// than the schedule says.
func retry(m *delivery.Message, o delivery.Outcome) (time.Duration, bool) {
	delay, least := schedule.Delay(o.Attempt), time.Duration(0)
	resource := !toWebhook(m.URL)
	switch o.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge:
		return 0, false
	case http.StatusUnauthorized:
		if !resource {
			return 0, false
		}
		least = 5 * time.Minute
	case http.StatusNotFound:
		if resource {
			least = 5 * time.Minute
		}
	case http.StatusRequestTimeout:
		least = 2 * time.Minute
	case http.StatusServiceUnavailable:
		least = 30 * time.Second
	}
	if errors.Is(o.Err, delivery.ErrAddressRefused) {
		return 0, false // the configuration forbids it; asking again changes nothing
	}
	return max(delay, backoff.Jitter(least, 0.05), min(o.RetryAfter, longestRetryAfter)), true
}

// longestRetryAfter bounds what an endpoint may ask for.
const longestRetryAfter = time.Hour

func toWebhook(url string) bool {
	return strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://")
}

// longestProbation is the longest of the table for webhooks, far less than the
// "several hours" that Event Grid may take: an endpoint that is well again
// should not wait that long for its events.
const longestProbation = 5 * time.Minute

// probationFor is Event Grid's table, by the names of outcomes; what is not in it
// is taken as Busy, except for what is wrong with a single event.
func probationFor(o delivery.Outcome) time.Duration {
	switch report.Name(o) {
	case report.NameBadRequest, report.NamePayloadTooLarge, report.NameAborted:
		return 0
	case report.NameSocketError:
		return 30 * time.Second
	case report.NameNotFound, report.NameResolutionError, report.NameDisabled, report.NameFull, report.NameUnauthorized, report.NameForbidden:
		return 5 * time.Minute
	default:
		return 10 * time.Second
	}
}
