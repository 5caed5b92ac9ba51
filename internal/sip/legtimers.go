package sip

import "time"

// alarm names what a leg waits for.
type alarm uint8

const (
	resendAnswer    alarm = iota // the 2xx is to be repeated
	missingACK                   // the 2xx was never acknowledged
	resendRinging                // a 180 that wants a PRACK is to be repeated
	missingPRACK                 // the PRACK never came
	missingConsent               // our BYE or CANCEL has no answer
	missingReply                 // a trunk has not answered at all
	missingRequest               // a request that arrived first was not delivered
	checkMedia                   // time to see whether sound arrives
	refreshNow                   // time to ask whether the peer lives
	sessionOver                  // nobody has refreshed the session (RFC 4028)
	missingReferral              // the outcome of our REFER was not told
	partNow                      // the peer has not answered the NOTIFY that goes before our BYE
	alarms                       // how many there are
)

// clock holds a leg's alarms in one timer.
type clock struct {
	timer *time.Timer
	at    [alarms]time.Time
}

func newClock() clock {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return clock{timer: timer}
}

// set rings an alarm after a while; a new time replaces the old one.
func (c *clock) set(a alarm, after time.Duration) {
	c.at[a] = time.Now().Add(after)
	c.arm()
}

// stop forgets an alarm.
func (c *clock) stop(a alarm) { c.at[a] = time.Time{} }

// arm sets the timer to the nearest alarm.
func (c *clock) arm() {
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

// due returns the alarms that ring now and arms the timer for the others.
func (c *clock) due() (list []alarm) {
	now := time.Now()
	for a := range c.at {
		if at := c.at[a]; !at.IsZero() && !at.After(now) {
			c.at[a] = time.Time{}
			list = append(list, alarm(a))
		}
	}
	c.arm()
	return list
}
