package sfu

import (
	"iter"
	"time"

	"github.com/pion/rtcp"
)

// sentPacket is a packet until it is acknowledged, or known to be lost.
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

// noDelay is that of a report without packets.
const noDelay = time.Hour

// number notes a packet that is sent, and numbers it.
func (e *estimator) number(bytes int, now time.Time) uint16 {
	if e.past == nil {
		e.past = make([]sentPacket, historyPackets)
		e.heard, e.began = now, now
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
	before := e.late
	e.late, e.newest = e.acknowledge(r, try, &m, e.spare[:0])
	for _, one := range before { // another order is no loss
		if p := &e.past[one%historyPackets]; p.open {
			p.open = false
			m.missed++
		}
	}
	e.spare = before
	e.trains.measure(now)
	if try.slow++; m.delay < probeQueues || m.arrived == 0 {
		try.slow = 0
	}
	e.heard = now
	e.marks[e.mark%len(e.marks)] = m
	e.mark++
	e.decide(now)
}

// acknowledge notes in m which packets have arrived. It returns those that the report does
// not have, and the number after the last one that the report tells of.
func (e *estimator) acknowledge(r *rtcp.TransportLayerCC, try *probe, m *mark, missing []uint16) (late []uint16, number uint16) {
	arrival := time.Duration(r.ReferenceTime) * 64 * time.Millisecond
	number, delta := r.BaseSequenceNumber, 0
	for status := range statuses(r) {
		p := &e.past[number%historyPackets]
		known := p.open && e.next-number <= historyPackets
		number++
		if status != rtcp.TypeTCCPacketReceivedSmallDelta && status != rtcp.TypeTCCPacketReceivedLargeDelta {
			if known {
				missing = append(missing, number-1)
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
		e.measure(m, arrival-p.at.Sub(e.began)) // a clock that is set is no queue
		e.trains.take(number-1, p.follows, p.bytes, arrival)
		try.take(number-1, p.bytes, arrival)
	}
	return missing, number
}

// statuses are those of the packets that a report is about, of as many as are remembered:
// 40 bytes may name 65,535. Its chunks may have more.
func statuses(r *rtcp.TransportLayerCC) iter.Seq[uint16] {
	return func(take func(uint16) bool) {
		left := min(int(r.PacketStatusCount), historyPackets)
		for _, chunk := range r.PacketChunks {
			for i := range min(symbols(chunk), left) {
				if left--; !take(symbol(chunk, i)) {
					return
				}
			}
		}
	}
}

// symbols is how many statuses a chunk has.
func symbols(chunk rtcp.PacketStatusChunk) int {
	switch chunk := chunk.(type) {
	case *rtcp.RunLengthChunk:
		return int(chunk.RunLength)
	case *rtcp.StatusVectorChunk:
		return len(chunk.SymbolList)
	}
	return 0
}

// symbol is one of the statuses of a chunk.
func symbol(chunk rtcp.PacketStatusChunk, i int) uint16 {
	if vector, ok := chunk.(*rtcp.StatusVectorChunk); ok {
		return vector.SymbolList[i]
	}
	return chunk.(*rtcp.RunLengthChunk).PacketStatusSymbol
}

// measure takes how long a packet took, on two clocks that differ by something constant.
func (e *estimator) measure(m *mark, took time.Duration) {
	if e.based.IsZero() || m.at.Sub(e.based) > basePeriod {
		e.base[1], e.base[0] = e.base[0], took
		if e.based.IsZero() {
			e.base[1] = took
		}
		e.based = m.at
	}
	e.base[0] = min(e.base[0], took)
	m.delay = min(m.delay, took-min(e.base[0], e.base[1]))
}
