package delivery

import (
	"errors"
	"time"
)

// Outcome is how an attempt ended, as its policy sees it.
type Outcome struct {
	Attempt    int           // attempts made so far, this one included; an unreachable destination's are not made, thus 0 is possible
	Status     int           // HTTP status, or what a Sender makes of its answer; 0 where there was no answer
	Err        error         // why there was none
	RetryAfter time.Duration // what the answer asked for
	Latency    time.Duration // from the start of the attempt to its end
	Age        time.Duration // since the message was posted
	// Ended tells that the Last message of the group is posted, SinceEnd ago.
	Ended    bool
	SinceEnd time.Duration
	Answer   []byte // first bytes of the answer's body
}

// isInconclusive reports whether an attempt ended by our own doing, so that it
// tells neither good nor bad of its destination.
func (o Outcome) isInconclusive() bool {
	return errors.Is(o.Err, ErrNotSent) || errors.Is(o.Err, ErrDeleted)
}

// addTimes adds what depends on the moment.
func (o *Outcome) addTimes(j *job, now time.Time) {
	o.Age = now.Sub(j.Posted)
	if j.group != nil && j.group.last != nil {
		o.Ended, o.SinceEnd = true, now.Sub(j.group.ended)
	}
}
