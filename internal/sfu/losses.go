package sfu

import "time"

// How lost packets are asked for again (webrtc.md's measurements: more requests bring
// more copies, not more pictures).
const (
	firstAsk  = 10 * time.Millisecond
	newerAsk  = 3 // so many newer packets, and the packet is lost rather than late
	againAsk  = 40 * time.Millisecond
	maxAsks   = 5
	hopeless  = 500 * time.Millisecond
	maxLosses = 128 // open at one time; beyond, a key frame is cheaper
)

// losses are the packets of a layer that are missing.
type losses struct {
	list   []loss // in the order of their numbers
	newest int64  // the highest that came
	asks   []uint16
	gaveUp bool
}

type loss struct {
	seq         int64
	since, last time.Time
	asks        int
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

// found notes that one came after all.
func (l *losses) found(seq int64) { l.drop(func(one loss) bool { return one.seq == seq }) }

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
		if now.Sub(one.since) > hopeless || one.asks == maxAsks && now.Sub(one.last) > againAsk {
			giveUp = true
			continue
		}
		first := one.asks == 0 && (now.Sub(one.since) >= firstAsk || l.newest-one.seq >= newerAsk)
		if first || one.asks > 0 && one.asks < maxAsks && now.Sub(one.last) >= againAsk {
			one.asks, one.last = one.asks+1, now
			l.asks = append(l.asks, uint16(one.seq))
		}
		kept = append(kept, one)
	}
	l.list = kept
	return l.asks, giveUp
}
