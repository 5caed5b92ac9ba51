package callautomation

import (
	"errors"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/delivery"
)

// Rules of callbacks; Azure documents none.
const (
	callbackAfterEnd = time.Minute // how long after the end of its call a callback is retried
	callbackJitter   = 0.25
	// callbackPatience is how long an answer may take while the connection lives.
	callbackPatience = 10 * time.Minute
)

// callbackRetry are the delays after failed attempts.
var callbackRetry = backoff.Exponential{First: 200 * time.Millisecond, Longest: 15 * time.Second, Jitter: callbackJitter}

// CallbackPolicy returns the rules of callbacks, to be given to the delivery
// engine under Policy. Callbacks of one connection and destination are ordered
// in a lane, though a handler may await another event: the next is sent 250 ms
// after the one before if that has not been answered. Network errors, 408, 429
// and 5xx are retried with growing delays while the call lives and a minute
// after; other answers end the event. A callback that is being retried holds its
// lane for 5 s. One that the application has taken and does not answer is sent again
// only if its connection ends: applications that never answer are common, and would
// take a repetition for a second event. Every attempt gets a token of its own.
func CallbackPolicy(tokens TokenSource) delivery.Policy {
	return delivery.Policy{
		Retry:    retryCallback,
		Prepare:  authorize(tokens),
		HoldLane: 5 * time.Second,
		Overlap:  250 * time.Millisecond,
		LastWait: 5 * time.Second,
		Timeout:  30 * time.Second,
		Late:     callbackPatience - 30*time.Second,
		Patient:  func(*delivery.Message) bool { return true },
		// A call may last long; one that is forgotten must not be retried for ever.
		TTL: 24 * time.Hour,
	}
}

func retryCallback(_ *delivery.Message, o delivery.Outcome) (time.Duration, bool) {
	again := o.Status == http.StatusRequestTimeout || o.Status == http.StatusTooManyRequests || o.Status >= 500 ||
		o.Status == 0 && !errors.Is(o.Err, delivery.ErrAddressRefused)
	delay := max(callbackRetry.Delay(o.Attempt), min(o.RetryAfter, callbackAfterEnd))
	if o.Ended && o.SinceEnd+delay > callbackAfterEnd {
		again = false
	}
	return delay, again
}
