package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// keyRate is how fast an endpoint's keys come at most: people press ten in a second, and
// machines twelve (ITU-T Q.24: a tone and a pause of 40 ms each). Every key may be a
// callback, and what a phone sends has no other bound.
var keyRate = ratelimit.Rate{PerSecond: 25, Burst: tonesAhead}

// mayPress reports whether a key is heard that comes now. The first that is not is logged.
func (e *endpoint) mayPress() bool {
	if e.pressing == nil {
		e.pressing = &keyPace{}
		e.pressing.Fill(keyRate)
	}
	allowed := e.pressing.Allow(time.Now())
	if !allowed && !e.pressing.told {
		e.pressing.told = true
		e.call.log.Warn("keys come faster than anybody presses them; those above the rate are left out", "participant", e.id, "per_second", keyRate.PerSecond)
	}
	return allowed
}

// keyPace is how fast an endpoint presses keys.
type keyPace struct {
	ratelimit.Bucket
	told bool // of keys that are left out
}
