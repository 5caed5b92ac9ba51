package sfu

import "time"

// How the path is tried (a rate rises only after it was shown to arrive).
const (
	probeTime     = 500 * time.Millisecond
	probeSettle   = 250 * time.Millisecond // for the last reports
	probeSoon     = time.Second            // after one that showed more
	probeBackoff  = 5 * time.Second        // after one that did not; it doubles
	probeLongest  = 20 * time.Second
	probeAtMost   = 3 // times the estimate
	probeOvershot = 120
)

// probe is a try whether the path carries more:
//
//	resting ──more is wanted, the path is clear──▶ probing ──0.5 s──▶ settling ──▶ resting
type probe struct {
	rate    int       // bits a second while probing; 0: resting or settling
	until   time.Time // of probing
	judged  bool
	next    time.Time // when another may begin
	backoff time.Duration
	from    int // the estimate before
	began   time.Time
	sent    int           // bytes since
	worst   time.Duration // the longest standing delay since
}

// try begins a probe or ends one; wanted is what would be sent if the path carried it.
func (b *bandwidth) try(wanted int, now time.Time) {
	p := &b.probe
	switch {
	case p.rate > 0 && now.Before(p.until):
		if !b.clear() {
			b.judge(now)
		}
	case p.rate > 0:
		p.rate = 0
	case !p.judged && !p.until.IsZero() && now.Sub(p.until) > probeSettle:
		b.judge(now)
	case !p.judged && !p.until.IsZero(): // settling
	case wanted+forSound > b.rate && b.rate < MaxRate && b.clear() && now.After(p.next) && now.Sub(b.fell) > time.Second && b.past != nil:
		*p = probe{rate: min((wanted+forSound)*probeOvershot/100, b.rate*probeAtMost, MaxRate), until: now.Add(probeTime), backoff: p.backoff, from: b.rate, began: now}
	}
}

// judge is the end of a probe.
func (b *bandwidth) judge(now time.Time) {
	p := &b.probe
	arrived := b.arrived(probeTime+probeSettle, now)
	arrived = arrived * int(probeTime+probeSettle) / int(probeTime)
	if b.clear() && p.worst < quietQueue && arrived > p.from*110/100 {
		b.rate = min(max(b.rate, arrived), MaxRate)
		p.backoff, p.next = 0, now.Add(probeSoon)
	} else {
		b.rate = max(b.rate, min(arrived, p.from*probeAtMost)*80/100) // so much has arrived
		p.backoff = min(max(2*p.backoff, probeBackoff), probeLongest)
		p.next = now.Add(p.backoff)
	}
	p.rate, p.judged = 0, true
}

// padding sends a packet again that was sent before: a probe needs more packets than
// there are, and packets without content are not taken for media (livekit #3253). Where
// it is not the time for one, it says how long to wait; 0: nothing is being tried.
func (c *Client) padding(now time.Time) (sent bool, wait time.Duration) {
	c.mu.Lock()
	q := &c.sending
	p := &q.probe
	if q.waiting > 0 || !now.Before(p.until) || p.rate == 0 {
		c.mu.Unlock()
		return false, 0
	}
	if int64(p.sent)*8*int64(time.Second) > int64(p.rate)*int64(now.Sub(p.began)) {
		c.mu.Unlock()
		return false, paceStep
	}
	for _, s := range c.sinks {
		if s.sends && s.line.RTX != 0 {
			s.padded = (s.padded + 1) % 32
			ssrc, seq := s.line.SSRC, uint16(s.last.seq-int64(s.padded))
			c.mu.Unlock()
			return c.again(ssrc, seq, false, now), paceStep
		}
	}
	c.mu.Unlock()
	return false, 0
}
