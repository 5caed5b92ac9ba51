package sfu

import (
	"math"
	"time"
)

// Bounds and constants of the estimate, in bits a second.
const (
	firstEstimate  = 1_000_000
	blindEstimate  = 2_500_000 // of a client that reports nothing
	lowestEstimate = 100_000
	MaxRate        = 8_000_000 // to one client

	historyPackets = 2048
	ratePeriod     = 500 * time.Millisecond // of what was acknowledged
	lossPeriod     = 2 * time.Second
	standingPeriod = 300 * time.Millisecond
	enoughPackets  = 40                      // for a share of losses
	fallPause      = 400 * time.Millisecond  // after a fall, so that the queue may empty
	risePeriod     = 200 * time.Millisecond  // between rises
	basePeriod     = 10 * time.Second        // in which the shortest delay is looked for
	queueing       = 80 * time.Millisecond   // above the shortest delay: the path is full
	quietQueue     = 25 * time.Millisecond   // the path is not full
	fewLosses      = 2                       // in percent: the path is not full
	someLosses     = 8                       // surely: more than the path loses anyway, perhaps
	manyLosses     = 10                      // surely: the path is full
	silence        = 1500 * time.Millisecond // without a report the path is in doubt
)

// estimator says how much a path carries, from acknowledgements of transport-wide
// numbers: down at once where packets queue up or are lost, up only as far as was shown
// to arrive.
type estimator struct {
	rate   int // bits a second
	next   uint16
	past   []sentPacket // by number; historyPackets, from the first on
	began  time.Time    // the first packet; moments count from it
	marks  [64]mark     // reports of the last moments
	mark   int
	base   [2]time.Duration // the shortest delay of this and the last period
	based  time.Time
	delay  time.Duration // above the shortest: that which stands, see standing
	queued queue
	fell   time.Time
	rose   time.Time
	heard  time.Time
	losses int // in the last moments, in percent
	surely int // the share that the path loses, at least: chance brings more for moments
	spare  []uint16
	late   []uint16 // that the last report did not have: lost if the next one has not either
	newest uint16   // the number after the last one that a report told of
	trains train
}

// estimate is what the path carries.
func (e *estimator) estimate() int { return e.rate }

// standing is the delay that even the fastest packets of the last moments had: a queue
// that stands (CoDel, RFC 8289 §3.1). What a burst, or a busy machine, delays for a
// moment is none.
func (e *estimator) standing(now time.Time) time.Duration {
	least := noDelay
	for i := range e.marks {
		if m := &e.marks[i]; m.arrived > 0 && now.Sub(m.at) < standingPeriod {
			least = min(least, m.delay)
		}
	}
	if least == noDelay {
		return e.delay
	}
	return least
}

// arrived is what was acknowledged in a period, in bits a second.
func (e *estimator) arrived(period time.Duration, now time.Time) (rate int) {
	bytes := 0
	for i := range e.marks {
		if m := &e.marks[i]; now.Sub(m.at) < period {
			bytes += m.bytes
		}
	}
	return int(int64(bytes) * 8 * int64(time.Second) / int64(period))
}

// lost is the share of losses in a period, and since the last fall, in percent: as counted,
// and what it is at least but for one time in forty (two standard deviations of a count, which
// are those of its root).
func (e *estimator) lost(period time.Duration, now time.Time) (loss, surely int) {
	var arrived, missed int
	since := now.Add(-period)
	if counted := e.fell.Add(fallPause); counted.After(since) {
		since = counted
	}
	for i := range e.marks {
		if m := &e.marks[i]; m.at.After(since) {
			arrived, missed = arrived+m.arrived, missed+m.missed
		}
	}
	if all := arrived + missed; all >= enoughPackets {
		loss = missed * 100 / all
		surely = int(100 * (float64(missed) - 2*math.Sqrt(float64(missed))) / float64(all))
	}
	return loss, surely
}

// decide changes the estimate.
func (e *estimator) decide(now time.Time) {
	e.delay = e.standing(now)
	rate := e.arrived(ratePeriod, now)
	e.losses, e.surely = e.lost(lossPeriod, now)
	if e.delay <= queueing {
		e.queued = queue{}
	}
	switch {
	case e.delay > queueing && e.surely <= someLosses && now.Sub(e.fell) > fallPause && e.queued.stands(e.delay):
		e.lengthen()
	case (e.delay > queueing || e.surely > manyLosses) && now.Sub(e.fell) > fallPause:
		e.rate = max(min(e.rate, rate*85/100), lowestEstimate)
		e.fell = now
		e.queued.fall(e.delay)
	case e.delay < quietQueue && e.losses <= fewLosses && rate > e.rate*9/10 && now.Sub(e.rose) > risePeriod && now.Sub(e.fell) > time.Second:
		e.rate = min(e.rate*105/100, rate*125/100, MaxRate)
		e.rose = now
	}
}

// doubt lowers the estimate where reports stay away though packets are sent.
func (e *estimator) doubt(sent, now time.Time) {
	if e.past != nil && now.Sub(sent) < silence && now.Sub(e.heard) > silence && now.Sub(e.fell) > silence {
		e.rate = max(e.rate/2, lowestEstimate)
		e.fell = now
	}
}

// clear reports whether the path may carry more: it can be tried.
func (e *estimator) clear() bool { return e.delay < quietQueue && e.surely <= someLosses }
