package sip

import "time"

// timerID is one of a leg's timers.
type timerID uint8

const (
	timerResendAnswer   timerID = iota // the 2xx is to be repeated
	timerNoACK                         // the ACK of the 2xx did not come
	timerResendRinging                 // a 180 that wants a PRACK is to be repeated
	timerNoPRACK                       // the PRACK did not come
	timerNoConsent                     // our BYE or CANCEL was not answered
	timerNoReply                       // a trunk sent no response to our INVITE
	timerCheckMedia                    // time to see whether sound arrives
	timerRefresh                       // time to refresh the session
	timerSessionExpired                // nobody has refreshed the session (RFC 4028)
	timerNoReferral                    // the outcome of our REFER was not reported
	timerDeferredBYE                   // the peer has not answered the NOTIFY that goes before our BYE
	timerInviteExpired                 // the caller's INVITE has expired (RFC 3261 §13.3.1)
	timerRing                          // the caller has not been told yet that the callee is
	timerCount                         // how many there are
)

// legTimers are a leg's timers, on one time.Timer.
type legTimers struct {
	timer *time.Timer
	began time.Time
	at    [timerCount]time.Duration // after began, when they fire; 0: they are stopped
}

func newLegTimers() legTimers {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return legTimers{timer: timer, began: time.Now()}
}

// start lets a timer fire after a while; a new time replaces the old one.
func (c *legTimers) start(a timerID, after time.Duration) {
	c.at[a] = max(time.Since(c.began)+after, 1)
	c.arm()
}

// stop stops a timer.
func (c *legTimers) stop(a timerID) { c.at[a] = 0 }

// isRunning reports whether a timer has been started and has not fired.
func (c *legTimers) isRunning(a timerID) bool { return c.at[a] != 0 }

// arm sets the time.Timer to the nearest of them.
func (c *legTimers) arm() {
	var next time.Duration
	for _, at := range c.at {
		if at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	if next != 0 {
		c.timer.Reset(next - time.Since(c.began))
	}
}

// expired returns the timers that fire now and arms the time.Timer for the others.
func (c *legTimers) expired() (list []timerID) {
	now := time.Since(c.began)
	for a := range c.at {
		if at := c.at[a]; at != 0 && at <= now {
			c.at[a] = 0
			list = append(list, timerID(a))
		}
	}
	c.arm()
	return list
}
