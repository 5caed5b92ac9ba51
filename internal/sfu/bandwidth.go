package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// bandwidth is what a client's path carries, as its acknowledgements tell. It belongs to
// the client's lock.
type bandwidth struct {
	estimator
	pace  pacer
	probe probe
}

// paceStep is how finely packets are spread.
const paceStep = 5 * time.Millisecond

// paceRate is how fast packets may go, in bits a second: above the estimate, so that a
// key frame does not wait long, and fast enough for a probe.
func (b *bandwidth) paceRate() int { return max(2*b.rate, b.probe.rate, 1_000_000) }

// pacer is a token bucket.
type pacer struct {
	full time.Time // when all of the burst is there again

}

// burst is what goes at once, in bytes.
const burst = 8 * 1200

// take takes bytes, or says how long to wait for them.
func (p *pacer) take(now time.Time, bytes, rate int) time.Duration {
	if p.full.Before(now) {
		p.full = now
	}
	if ahead := p.full.Sub(now) - time.Duration(burst)*8*time.Second/time.Duration(rate); ahead > 0 {
		return ahead
	}
	p.full = p.full.Add(time.Duration(bytes) * 8 * time.Second / time.Duration(rate))
	return 0
}

// acknowledged takes a report of what arrived.
func (c *Client) acknowledged(report *rtcp.TransportLayerCC, now time.Time) {
	c.mu.Lock()
	before := c.sending.rate
	c.sending.report(report, now)
	c.sending.probe.worst = max(c.sending.probe.worst, c.sending.delay)
	fell := c.sending.rate < before
	c.mu.Unlock()
	if fell {
		c.changed() // downwards at once
	}
}
