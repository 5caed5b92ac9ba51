package rest

import "sync/atomic"

// budget is an amount of memory, in bytes, that many share.
type budget struct{ left atomic.Int64 }

// take reserves some of it; false where less is left.
func (b *budget) take(size int64) bool {
	for {
		left := b.left.Load()
		if left < size {
			return false
		}
		if b.left.CompareAndSwap(left, left-size) {
			return true
		}
	}
}

// give returns what was reserved.
func (b *budget) give(size int64) { b.left.Add(size) }
