package speech

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
)

// breaker is the circuit breaker of a provider, for all calls:
//
//	closed ──failures in a row──▶ open ──its time is over──▶ half-open ──success──▶ closed
//	                               ▲──────────failure──────────┘
//
// While it is open the provider is asked only after all others. Half-open, one request
// finds out.
type breaker struct {
	mu       sync.Mutex
	failures int       // in a row
	until    time.Time // when it is half-open; zero: it is closed
}

// breakAfter is how many failures in a row open the circuit.
const breakAfter = 3

// breakFor is for how long: nobody who waits for speech should wait for a provider that
// does not answer, and one that works again should soon be used.
var breakFor = backoff.Exponential{First: 5 * time.Second, Longest: time.Minute}

// ready reports whether the provider may be asked in its turn. Half-open, it may once.
func (b *breaker) ready(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return true
	case now.Before(b.until):
		return false
	}
	b.until = now.Add(breakFor.First) // who comes now does not wait for the one that finds out
	return true
}

// tell notes what came of a request. It reports whether the circuit opened by it.
func (b *breaker) tell(err error, now time.Time) (opened bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil:
		b.failures, b.until = 0, time.Time{}
	case !ails(err):
	default:
		if b.failures++; b.failures >= breakAfter {
			opened = b.until.IsZero()
			b.until = now.Add(breakFor.Delay(b.failures - breakAfter + 1))
		}
	}
	return opened
}

// ails reports whether an error says that the provider does not work. One that refuses
// a single request, for its text or its voice, may serve the next one.
func ails(err error) bool {
	var failure *Error
	if !errors.As(err, &failure) {
		return true
	}
	switch failure.Kind {
	case Unreachable, Broken:
		return true
	case Rejected:
		return failure.Status != http.StatusBadRequest
	}
	return false
}
