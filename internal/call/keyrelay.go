package call

import (
	"context"
	"slices"
)

// maxRelayed bounds the keys that wait to be passed on: nobody presses so many.
const maxRelayed = 64

// keyRelay passes keys on to a leg, one after the other.
type keyRelay struct {
	waiting []Tone
	busy    bool
}

// passOn presses a key towards a participant on a wire.
func (c *Call) passOn(to *endpoint, tone Tone) {
	if len(to.keys.waiting) == maxRelayed {
		return
	}
	to.keys.waiting = append(to.keys.waiting, tone)
	if !to.keys.busy {
		c.sendKeys(to)
	}
}

// sendKeys sends the keys that wait; those that come meanwhile follow.
func (c *Call) sendKeys(to *endpoint) {
	keys, leg := slices.Clone(to.keys.waiting), to.leg
	to.keys.waiting, to.keys.busy = nil, true
	c.work.Go(func() {
		err := c.contain("pass keys on", func() error {
			return leg.SendTones(context.Background(), keys) // returns when the leg ends, at the latest
		})
		c.post(func() {
			to.keys.busy = false
			switch {
			case err != nil, // the far end holds the call: it is no menu that waits for them
				to.leg == nil: // it has moved to another call
				to.keys.waiting = nil
			case len(to.keys.waiting) > 0:
				c.sendKeys(to)
			}
		})
	})
}

// passKey passes a key to phones where no application controls the call, as a
// telephone network does. Elsewhere keys are the application's, which has
// sendDtmfTones. A pipe to another call has people and applications of its own behind it.
func (c *Call) passKey(from *endpoint, tone Tone) {
	controlled := slices.ContainsFunc(c.connections, func(conn *Connection) bool { return conn.state < Disconnecting })
	for _, e := range c.endpoints {
		if e != from && e.leg != nil && e.member != nil && (!controlled && !e.isUser() || e.place == inOtherCall) {
			c.passOn(e, tone)
		}
	}
}

// toneHeard is a key that somebody in the call has pressed.
func (c *Call) toneHeard(from *endpoint, tone Tone) {
	c.log.Debug("tone heard", "participant", from.id)
	if !from.role.MaySpeak() {
		return // its sound is not heard either
	}
	if c.echo != nil {
		c.passOn(from, tone)
	} else {
		c.passKey(from, tone)
	}
	if from.who == nil { // before it is a participant
		return
	}
	for _, conn := range c.connections {
		conn.toneHeard(from.who, tone)
	}
}
