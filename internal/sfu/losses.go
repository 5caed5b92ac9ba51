package sfu

import "time"

// How lost packets are asked for again (webrtc.md's measurements: more requests bring
// more copies, not more pictures).
const (
	firstAsk  = 10 * time.Millisecond
	newerAsk  = 3                      // so many newer packets, and the packet is lost rather than late
	beginAsk  = 100 * time.Millisecond // a round trip, before one is known
	leastAsk  = 20 * time.Millisecond  // between two requests for the same packet
	mostAsk   = 250 * time.Millisecond
	maxAsks   = 5
	hopeless  = time.Second
	maxLosses = 128 // open at one time; beyond, a key frame is cheaper
)

// losses are the packets of a layer that are missing.
type losses struct {
	list   []loss // in the order of their numbers
	newest int64  // the highest that came
	asks   []uint16
	gaveUp bool
	trip   time.Duration // how long a packet takes that is asked for, smoothed; 0: unknown
}

type loss struct {
	seq                int64
	since, first, last time.Time // it is missing, was asked for first, and last
	asks               int
}

// gap notes that from to below to are missing, and that to came.
func (l *losses) gap(from, to int64, now time.Time) {
	l.newest = to
	if to-from > int64(maxLosses-len(l.list)) {
		l.list, l.gaveUp = l.list[:0], true
		return
	}
	for seq := from; seq < to; seq++ {
		l.list = append(l.list, loss{seq: seq, since: now})
	}
}

// found notes that one came after all. Where it was repeated, that tells the round trip;
// one that was only late tells nothing.
func (l *losses) found(seq int64, repeated bool, now time.Time) {
	l.drop(func(one loss) bool {
		if one.seq == seq && one.asks > 0 && repeated {
			took := min(now.Sub(one.first), mostAsk)
			if l.trip == 0 {
				l.trip = took
			}
			l.trip += (took - l.trip) / 8
		}
		return one.seq == seq
	})
}

// again is how long to wait for a packet that was asked for.
func (l *losses) again() time.Duration {
	if l.trip == 0 {
		return beginAsk
	}
	return min(max(l.trip*5/4, leastAsk), mostAsk)
}

// before forgets those from before a key frame, which needs none of them.
func (l *losses) before(seq int64) { l.drop(func(one loss) bool { return one.seq < seq }) }

func (l *losses) drop(which func(loss) bool) {
	kept := l.list[:0]
	for _, one := range l.list {
		if !which(one) {
			kept = append(kept, one)
		}
	}
	l.list = kept
}

// due are those to ask for now, and whether hope is lost for some: then a key frame has
// to come. The list is good until the next call.
func (l *losses) due(now time.Time) (ask []uint16, giveUp bool) {
	giveUp, l.gaveUp = l.gaveUp, false
	if len(l.list) == 0 {
		return nil, giveUp
	}
	l.asks = l.asks[:0]
	kept := l.list[:0]
	for _, one := range l.list {
		if now.Sub(one.since) > hopeless || one.asks == maxAsks && now.Sub(one.last) > l.again() {
			giveUp = true
			continue
		}
		first := one.asks == 0 && (now.Sub(one.since) >= firstAsk || l.newest-one.seq >= newerAsk)
		if first || one.asks > 0 && one.asks < maxAsks && now.Sub(one.last) >= l.again() {
			if first {
				one.first = now
			}
			one.asks, one.last = one.asks+1, now
			l.asks = append(l.asks, uint16(one.seq))
		}
		kept = append(kept, one)
	}
	l.list = kept
	return l.asks, giveUp
}
