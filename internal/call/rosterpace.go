package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// rosterRate is how often applications are told who is in a call: of each change, while
// there are few. Of many in a short time they are told the last: callbacks of a connection
// wait for one another, so that somebody who mutes and unmutes all the time would delay
// everything else that an application is told.
var rosterRate = ratelimit.Rate{PerSecond: 2, Burst: 20}

// tellApplications publishes the list of participants to every connection that is up, now
// or soon.
func (c *Call) tellApplications() {
	if len(c.connections) == 0 || c.rosterOwed {
		return
	}
	if now := time.Now(); !c.rosterPace.Allow(now) {
		c.rosterOwed = true
		c.after(c.rosterPace.Next().Sub(now), func() {
			c.rosterOwed = false
			c.tellApplications()
		})
		return
	}
	list := c.roster()
	for _, conn := range c.connections {
		if conn.state != Connecting && conn.state < Disconnecting {
			c.publish(ParticipantsUpdated{Head: conn.head(Operation{}), Participants: list, Sequence: c.rosterVersion})
		}
	}
}
