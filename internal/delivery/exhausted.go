package delivery

import "time"

// Reasons why a message gets no further attempt, as Event Grid names them.
const (
	ReasonAttempts = "MaxDeliveryAttemptsExceeded"
	ReasonTime     = "TimeToLiveExceeded"
)

// spareTime is how long a recovered message is not given up by its age where the clock
// is in doubt, and spareLeast the time to live that those have at least: what lives
// shorter is of no use after another process, whatever its age.
const (
	spareTime  = time.Hour
	spareLeast = 5 * time.Minute
)

// exhausted says why a message gets no further attempt, "" if it does.
func (j *job) exhausted(now time.Time) string {
	attempts, ttl := j.msg.MaxAttempts, j.msg.TTL
	if attempts == 0 {
		attempts = j.policy.MaxAttempts
	}
	if ttl == 0 {
		ttl = j.policy.TTL
	}
	switch {
	case attempts > 0 && j.Attempts >= attempts:
		return ReasonAttempts
	case ttl > 0 && now.Sub(j.Posted) >= ttl && !(ttl > spareLeast && now.Before(j.spared)):
		return ReasonTime
	}
	return ""
}
