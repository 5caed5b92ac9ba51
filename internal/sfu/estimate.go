package sfu

import (
	"iter"
	"math"
	"time"

	"github.com/pion/rtcp"
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
	marks  [64]mark     // reports of the last moments
	mark   int
	base   [2]time.Duration // the shortest delay of this and the last period
	based  time.Time
	delay  time.Duration // above the shortest: that which stands, see standing
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

type sentPacket struct {
	at      time.Time
	bytes   int
	open    bool // not acknowledged yet
	follows bool // it was sent right after the one before
}

// mark is what a report says.
type mark struct {
	at              time.Time
	bytes           int
	arrived, missed int
	delay           time.Duration // of the packet that took the least time, above the shortest
}

// estimate is what the path carries.
func (e *estimator) estimate() int { return e.rate }

// number notes a packet that is sent, and numbers it.
func (e *estimator) number(bytes int, now time.Time) uint16 {
	if e.past == nil {
		e.past = make([]sentPacket, historyPackets)
		e.heard = now
	}
	number := e.next
	before := &e.past[(number-1)%historyPackets]
	e.past[number%historyPackets] = sentPacket{now, bytes, true, now.Sub(before.at) < trainGap}
	e.next++
	return number
}

// lastSent is when the last packet was sent.
func (e *estimator) lastSent() time.Time {
	if e.past == nil {
		return time.Time{}
	}
	return e.past[(e.next-1)%historyPackets].at
}

// report takes a report (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1), and
// gives what has arrived to a probe.
func (e *estimator) report(r *rtcp.TransportLayerCC, try *probe, now time.Time) {
	if e.past == nil {
		return
	}
	m := mark{at: now, delay: noDelay}
	arrival := time.Duration(r.ReferenceTime) * 64 * time.Millisecond
	number, delta := r.BaseSequenceNumber, 0
	before := e.late
	suspects := e.spare[:0]
	for status := range statuses(r) {
		p := &e.past[number%historyPackets]
		known := p.open && e.next-number <= historyPackets
		number++
		if status != rtcp.TypeTCCPacketReceivedSmallDelta && status != rtcp.TypeTCCPacketReceivedLargeDelta {
			if known {
				suspects = append(suspects, number-1)
			}
			continue
		}
		if delta >= len(r.RecvDeltas) {
			break
		}
		arrival += time.Duration(r.RecvDeltas[delta].Delta) * time.Microsecond
		delta++
		if !known {
			continue
		}
		p.open = false
		m.arrived++
		m.bytes += p.bytes
		e.measure(&m, arrival-time.Duration(p.at.UnixNano()), now)
		e.trains.take(number-1, p.follows, p.bytes, arrival)
		try.take(number-1, p.bytes, arrival)
	}
	for _, one := range before { // another order is no loss
		if p := &e.past[one%historyPackets]; p.open {
			p.open = false
			m.missed++
		}
	}
	e.late, e.spare, e.newest = suspects, before, number
	e.trains.measure(now)
	if try.slow++; m.delay < probeQueues || m.arrived == 0 {
		try.slow = 0
	}
	e.heard = now
	e.marks[e.mark%len(e.marks)] = m
	e.mark++
	e.decide(now)
}

// statuses are those of the packets that a report is about; its chunks may have more.
func statuses(r *rtcp.TransportLayerCC) iter.Seq[uint16] {
	return func(take func(uint16) bool) {
		left := int(r.PacketStatusCount)
		for _, chunk := range r.PacketChunks {
			switch chunk := chunk.(type) {
			case *rtcp.RunLengthChunk:
				for range min(int(chunk.RunLength), left) {
					if left--; !take(chunk.PacketStatusSymbol) {
						return
					}
				}
			case *rtcp.StatusVectorChunk:
				for _, status := range chunk.SymbolList[:min(len(chunk.SymbolList), left)] {
					if left--; !take(status) {
						return
					}
				}
			}
		}
	}
}

// measure takes how long a packet took, on two clocks that differ by something constant.
func (e *estimator) measure(m *mark, took time.Duration, now time.Time) {
	if e.based.IsZero() || now.Sub(e.based) > basePeriod {
		e.base[1], e.base[0] = e.base[0], took
		if e.based.IsZero() {
			e.base[1] = took
		}
		e.based = now
	}
	e.base[0] = min(e.base[0], took)
	m.delay = min(m.delay, took-min(e.base[0], e.base[1]))
}

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

// noDelay is that of a report without packets.
const noDelay = time.Hour

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

// lost is the share of losses in a period, and since the last fall, in percent: as counted, and what it is at least
// but for one time in forty (two standard deviations of a count, which are those of its root).
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
	switch {
	case (e.delay > queueing || e.surely > manyLosses) && now.Sub(e.fell) > fallPause:
		e.rate = max(min(e.rate, rate*85/100), lowestEstimate)
		e.fell = now
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
