package rtp

import "sync"

// soundRoom is the samples that a decoding works in: what its concealers remember, and the
// packet that is decoded. Those of the usual sizes are used again.
type soundRoom struct {
	samples []int16
	kept    *sync.Pool // where it goes; nil: nowhere
}

// Usual sizes, in samples: of codecs of 8 kHz alone, and of those of 16 kHz as well.
const (
	narrowRoom = maxMemory + maxPayload
	wideRoom   = 3*maxMemory + 2*maxPayload
)

// roomPools are the rooms that nobody uses, narrow and wide.
var roomPools [2]sync.Pool

// takeRoom returns room for so many samples, all of them 0.
func takeRoom(samples int) *soundRoom {
	size, pool := samples, (*sync.Pool)(nil)
	switch {
	case samples <= narrowRoom:
		size, pool = narrowRoom, &roomPools[0]
	case samples <= wideRoom:
		size, pool = wideRoom, &roomPools[1]
	}
	if pool != nil {
		if r, ok := pool.Get().(*soundRoom); ok {
			clear(r.samples)
			return r
		}
	}
	return &soundRoom{make([]int16, size), pool}
}

// cut takes samples off the beginning of what is left of a room.
func cut(left *[]int16, samples int) []int16 {
	taken := (*left)[:samples:samples]
	*left = (*left)[samples:]
	return taken
}

// free gives a room back. Nobody uses it any more.
func (r *soundRoom) free() {
	if r != nil && r.kept != nil {
		r.kept.Put(r)
	}
}
