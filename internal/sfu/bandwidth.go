package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// bandwidth is what a client's path carries, as its acknowledgements tell. It belongs to
// the client's lock.
type bandwidth struct {
	estimator
	pace   pacer
	probe  probe
	wanted int // bits a second that would be sent if the path carried them
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
	c.sending.report(report, &c.sending.probe, now)
	fell := c.sending.rate < before
	if fell {
		c.sending.probe.fell(now)
	}
	risen := c.tries(now)
	c.mu.Unlock()
	if fell || risen {
		c.changed()
	}
}

// tries lets a probe go on, and reports whether it has shown more. It runs under the
// client's lock.
func (c *Client) tries(now time.Time) (risen bool) {
	b := &c.sending.bandwidth
	before := b.rate
	if b.try(now); b.probe.phase == probing || b.probe.train > 0 {
		c.wakeSender()
	}
	return b.rate > before
}
