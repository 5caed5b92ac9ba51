package sip

import "time"

// timerID names what a leg waits for.
type timerID uint8

const (
	timerResendAnswer   timerID = iota // the 2xx is to be repeated
	timerNoACK                         // the 2xx was never acknowledged
	timerResendRinging                 // a 180 that wants a PRACK is to be repeated
	timerNoPRACK                       // the PRACK never came
	timerNoConsent                     // our BYE or CANCEL has no answer
	timerNoReply                       // a trunk has not answered at all
	timerRequestGap                    // a request that arrived first was not delivered
	timerCheckMedia                    // time to see whether sound arrives
	timerRefresh                       // time to ask whether the peer lives
	timerSessionExpired                // nobody has refreshed the session (RFC 4028)
	timerNoReferral                    // the outcome of our REFER was not told
	timerDeferredBYE                   // the peer has not answered the NOTIFY that goes before our BYE
	timerCount                         // how many there are
)

// legTimers holds a leg's alarms in one timer.
type legTimers struct {
	timer *time.Timer
	at    [timerCount]time.Time
}

func newLegTimers() legTimers {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return legTimers{timer: timer}
}

// start rings an alarm after a while; a new time replaces the old one.
func (c *legTimers) start(a timerID, after time.Duration) {
	c.at[a] = time.Now().Add(after)
	c.arm()
}

// stop forgets an alarm.
func (c *legTimers) stop(a timerID) { c.at[a] = time.Time{} }

// arm sets the timer to the nearest alarm.
func (c *legTimers) arm() {
	var next time.Time
	for _, at := range c.at {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !next.IsZero() {
		c.timer.Reset(time.Until(next))
	}
}

// expired returns the alarms that ring now and arms the timer for the others.
func (c *legTimers) expired() (list []timerID) {
	now := time.Now()
	for a := range c.at {
		if at := c.at[a]; !at.IsZero() && !at.After(now) {
			c.at[a] = time.Time{}
			list = append(list, timerID(a))
		}
	}
	c.arm()
	return list
}
