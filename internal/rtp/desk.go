package rtp

import "sync/atomic"

// desk is what a session needs while a shard is in it, and not from one tick to
// the next: the sessions of a shard share one.
type desk struct {
	batch  *batch
	frame  [maxFrame]int16 // at the codec's rate, in a call of another
	tone   [maxFrame]int16
	sealed [headerSize + mostPayload + mostOverhead]byte
}

// desks are those that nobody sits at. There are hardly ever more shards, or
// goroutines of tests, than places; who finds none brings his own.
var desks [64]atomic.Pointer[desk]

// takeDesk returns a desk for the time until leaveDesk.
func takeDesk() *desk {
	for i := range desks {
		if d := desks[i].Swap(nil); d != nil {
			return d
		}
	}
	return &desk{batch: newBatch()}
}

func leaveDesk(d *desk) {
	for i := range desks {
		if desks[i].CompareAndSwap(nil, d) {
			return
		}
	}
}

// silentFrame is what is sent of silence. Nobody changes it.
var silentFrame [maxFrame]int16
