package rtp

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	frameTime = audio.FrameDuration
	// leastSlack is by how much even the latest packet shall come in time, besides the
	// jitter: what the mixer leaves of a steady line's (mixer/follow.go).
	leastSlack = 500 * time.Microsecond
	// startSlack is the same for the first packet of a talk spurt, until the line is known.
	startSlack = 4 * time.Millisecond
	// acquaintance is how many packets in time make a line known.
	acquaintance = 50
	// growMost is what the delay grows by at once for a packet that is lost: more would
	// be heard. The next one makes it grow again.
	growMost = 20 * time.Millisecond
	// stray is how many packets lie between two that came too late, if the delay stays:
	// a thousandth may be lost.
	stray = 1000
)

// collected is how long the first packet of a talk spurt shall wait.
func (p *playout) collected(packet time.Duration) time.Duration {
	switch {
	case p.configured < 0:
		return 0
	case p.configured > 0:
		return p.configured - packet
	}
	slack := startSlack
	if p.inTime >= acquaintance {
		slack = leastSlack
	}
	return min(slack+2*p.jitter, maxDepth*time.Millisecond/2) + uneven(packet)
}

// uneven is how long packets of a length wait for the frame that their beginning lies
// in, if the first one did not wait: those of 30 ms 10 ms, every other time.
func uneven(packet time.Duration) time.Duration {
	common, rest := frameTime, packet
	for rest > 0 {
		common, rest = rest, common%rest
	}
	return frameTime - common
}

// before is how much is heard before a packet, less than nothing if its turn has passed.
func (p *playout) before(h header) time.Duration {
	return p.duration(h.timestamp - p.next + p.ticksOf(p.end-p.at+p.more))
}

// early notes by how much less a packet could have waited. It is needed when the frame
// is made that its beginning belongs to, so what it waits beyond whole frames is for
// nothing.
func (p *playout) early(h header, came moment) {
	if !p.started {
		return
	}
	before := p.before(h)
	frames := max(leastSlack+came.jitter-came.waited+frameTime-1, 0) / frameTime
	p.spare = min(p.spare, before-frames*frameTime)
	if p.configured > 0 {
		p.spare = min(p.spare, before-p.configured+frameTime)
	}
}

// miss takes note of a packet whose place was filled before it came. If they become
// more than strays, the delay is to grow by what this one lacked.
func (p *playout) miss(h header, came moment) {
	lone := p.inTime >= stray
	p.inTime = 0
	if !p.started || lone {
		return
	}
	room := maxDepth*time.Millisecond*9/10 - time.Duration(p.depth())*time.Millisecond
	p.lacking = max(p.lacking, min(came.jitter-p.before(h), growMost, room))
}

// grow makes the delay longer by what packets lacked, in whole periods of the voice, once
// one is heard.
func (p *playout) grow() {
	if p.lacking <= 0 || p.conceal.missing {
		return
	}
	period := p.conceal.period()
	p.more = max(p.samplesIn(p.lacking)+period/2, period) / period * period
	p.lacking = 0
	p.patience = min(2*p.patience, patienceUp)
	p.watch()
}
