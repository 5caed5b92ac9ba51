package rtp

import "sync/atomic"

// scratch is the buffers that a stream or session needs while somebody works for
// it, and not from one tick to the next: those of a shard share one. A worker has its own,
// without a batch.
type scratch struct {
	batch  *batch          // for packets from sockets
	frame  [maxFrame]int16 // at the codec's rate, in a call of another
	tone   [maxFrame]int16
	sealed [headerSize + mostPayload + aeadTag]byte
}

// scratches is the pool of those that nobody uses. There are hardly ever more
// threads at work than places; who finds none makes one. A sync.Pool would forget
// them at each collection.
var scratches [64]atomic.Pointer[scratch]

// takeScratch returns buffers for the time until they are given back.
func takeScratch() *scratch {
	for i := range scratches {
		if b := scratches[i].Swap(nil); b != nil {
			return b
		}
	}
	return &scratch{batch: newBatch()}
}

func (b *scratch) giveBack() {
	for i := range scratches {
		if scratches[i].CompareAndSwap(nil, b) {
			return
		}
	}
}

// silentFrame is what is sent of silence. Nobody changes it.
var silentFrame [maxFrame]int16
