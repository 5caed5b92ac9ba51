package sfu

import "time"

// How the path is tried (a rate rises only after it was shown to arrive).
const (
	trainEvery    = 1500 * time.Millisecond
	trainDelays   = 80 * time.Millisecond // others by a train at most, where the estimate is right
	leastTrain    = 3000                  // bytes
	mostTrain     = 7500
	probeTime     = 300 * time.Millisecond
	probeSettle   = 500 * time.Millisecond // for the last reports, at most
	probeBackoff  = 2 * time.Second        // after one that did not show more; it doubles
	probeLongest  = 8 * time.Second
	probeAgain    = 2                     // times the estimate at most, after one that did not
	probeHolds    = 10 * time.Second      // what was shown is true when it has lasted for so long
	probeSpare    = 110                   // percent of what is wanted: less is too little
	probeOvershot = 125                   // and what is tried
	padPackets    = 32                    // of the last ones, which are sent again
	probeQueues   = 50 * time.Millisecond // in two reports after each other: the path is full
)

// probe is a try whether the path carries more: a train of packets shows how much that
// may be, and then so much is sent for a while.
//
//	resting ──more is wanted, a train shows more──▶ probing ──0.3 s──▶ settling ──▶ resting
type probe struct {
	phase   phase
	train   int           // bytes of a train that are still to be sent
	trains  time.Time     // when another may be sent
	next    time.Time     // when another probe may begin
	backoff time.Duration // after one that showed nothing, or something that did not last
	showed  time.Time     // when the last one showed more

	rate        int // bits a second, while probing
	from        int // the estimate before
	began       time.Time
	ended       time.Time
	sent        int           // bytes since
	number      uint16        // of its first packet
	end         uint16        // and of the one after its last
	arrived     int           // bytes of its packets, after the first
	first, last time.Duration // arrivals, by the receiver's clock; 0: none
	slow        int           // reports after each other that tell of a queue
}

// phase is what a probe does.
type phase uint8

const (
	resting phase = iota
	probing
	settling
)

// try begins a probe or ends one.
func (b *bandwidth) try(now time.Time) {
	p := &b.probe
	switch p.phase {
	case probing:
		switch {
		case p.slow > 1 || !b.clear():
			p.stop(b.estimator.next, now)
			b.judge(now)
		case now.Sub(p.began) >= probeTime:
			p.stop(b.estimator.next, now)
		}
	case settling:
		if int16(b.newest-p.end) >= 0 || now.Sub(p.ended) > probeSettle {
			b.judge(now)
		}
	default:
		b.rest(now)
	}
}

// rest begins a probe, or the train before it, if more is wanted than the estimate.
func (b *bandwidth) rest(now time.Time) {
	p := &b.probe
	if b.past == nil || (b.wanted+forSound)*probeSpare/100 <= b.rate || b.rate >= MaxRate || !b.clear() || now.Before(p.next) || now.Sub(b.fell) < time.Second {
		return
	}
	if now.Sub(p.showed) > probeHolds && now.Sub(p.next) > probeHolds {
		p.backoff = 0
	}
	if !b.trains.fresh(now) {
		if now.After(p.trains) {
			p.trains = now.Add(trainEvery)
			p.train = min(max(b.rate/8*int(trainDelays/time.Millisecond)/1000, leastTrain), mostTrain)
		}
		return
	}
	rate := min((b.wanted+forSound)*probeOvershot/100, b.trains.rate*9/10, MaxRate)
	if p.backoff > 0 {
		rate = min(rate, b.rate*probeAgain)
	}
	if rate > b.rate*110/100 {
		*p = probe{phase: probing, rate: rate, from: b.rate, began: now, number: b.estimator.next, trains: p.trains, backoff: p.backoff, showed: p.showed}
	}
}

// stop ends the sending of a probe.
func (p *probe) stop(next uint16, now time.Time) {
	p.phase, p.rate, p.end, p.ended = settling, 0, next, now
}

// take takes a packet that has arrived.
func (p *probe) take(number uint16, bytes int, arrival time.Duration) {
	switch {
	case p.phase == resting || int16(number-p.number) < 0 || p.phase == settling && int16(number-p.end) >= 0:
	case p.first == 0:
		p.first, p.last = arrival, arrival
	default:
		p.first, p.last = min(p.first, arrival), max(p.last, arrival)
		p.arrived += bytes
	}
}

// judge is the end of a probe: so much has arrived.
func (b *bandwidth) judge(now time.Time) {
	p := &b.probe
	span := max(p.last-p.first, p.ended.Sub(p.began), probeTime/2)
	arrived := int(int64(p.arrived) * 8 * int64(time.Second) / int64(span))
	full := p.slow > 1 || !b.clear()
	if full {
		arrived = arrived * 80 / 100
		b.fell = now // the queue is the probe's own: it has to empty
	}
	if arrived > p.from*110/100 {
		p.showed, p.next = now, now
		if full {
			p.next = now.Add(probeBackoff)
		}
	} else {
		p.putOff(now)
	}
	b.rate = min(max(b.rate, arrived), MaxRate)
	p.phase = resting
}

// fell notes that the estimate has fallen: what a probe showed a moment ago was a burst.
func (p *probe) fell(now time.Time) {
	if now.Sub(p.showed) < probeHolds {
		p.showed = time.Time{}
		p.putOff(now)
	}
}

// putOff puts the next probe off.
func (p *probe) putOff(now time.Time) {
	p.backoff = min(max(2*p.backoff, probeBackoff), probeLongest)
	p.next = now.Add(p.backoff)
}

// padding sends a packet again that was sent before: a probe needs more packets than
// there are, and packets without content are not taken for media (livekit #3253). Where
// it is not the time for one, it says how long to wait; 0: nothing is being tried.
func (c *Client) padding(now time.Time) (sent bool, wait time.Duration) {
	c.mu.Lock()
	q := &c.sending
	p := &q.probe
	if q.waiting > 0 || p.train <= 0 && p.phase != probing {
		c.mu.Unlock()
		return false, 0
	}
	if p.train <= 0 && int64(p.sent)*8*int64(time.Second) > int64(p.rate)*int64(now.Sub(p.began)) {
		c.mu.Unlock()
		return false, paceStep
	}
	for _, s := range c.sinks {
		if s.sends && s.line.RTX != 0 {
			newest := s.last.seq - s.resumed()
			s.padded = (s.padded + 1) % min(padPackets, newest+1)
			ssrc, seq := s.line.SSRC, uint16(s.last.seq-s.padded)
			c.mu.Unlock()
			return c.again(ssrc, seq, false, now), paceStep
		}
	}
	p.train = 0
	c.mu.Unlock()
	return false, paceStep
}
