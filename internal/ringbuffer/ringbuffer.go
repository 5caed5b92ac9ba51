// Package ringbuffer has a bounded, lock-free ring buffer between one writer and one reader
// that never wait for each other: what comes when it is full takes the place of the oldest.
// Neither side allocates.
package ringbuffer

import "sync/atomic"

// Ring is a ring buffer. No buffer is overwritten while it is read: each slot holds the number
// of a buffer, and both sides exchange it for that of a buffer of their own.
type Ring[T any] struct {
	most    uint64 // how many may wait
	buffers []buffer[T]
	slots   []atomic.Uint32 // each the number of a buffer

	written atomic.Uint64 // put so far
	spare   uint32        // the writer's own buffer

	taken   atomic.Uint64 // read or skipped so far
	reading uint32        // the reader's own buffer

	dropped atomic.Uint64
}

// buffer belongs to whoever has exchanged it for another.
type buffer[T any] struct {
	turn    uint64 // of all that were put, which this is
	unread  bool
	content T
}

// Init makes a ring in which most may wait. It comes first.
func (r *Ring[T]) Init(most int) {
	r.most = uint64(most)
	r.buffers = make([]buffer[T], most+3)
	r.slots = make([]atomic.Uint32, most+1) // one more: the oldest is not overtaken while it is fetched
	for i := range r.slots {
		r.slots[i].Store(uint32(i))
	}
	r.spare, r.reading = uint32(most+1), uint32(most+2)
}

// Spare is the writer's own buffer, to be filled for the next Put. It has what was put in
// it long ago.
func (r *Ring[T]) Spare() *T { return &r.buffers[r.spare].content }

// Put gives the writer's buffer to the reader. It is the writer's.
func (r *Ring[T]) Put() {
	turn := r.written.Load()
	own := &r.buffers[r.spare]
	own.turn, own.unread = turn, true
	r.spare = r.slots[turn%uint64(len(r.slots))].Swap(r.spare)
	if old := &r.buffers[r.spare]; old.unread {
		old.unread = false
		r.dropped.Add(1)
	}
	r.written.Store(turn + 1)
}

// Next returns the oldest that waits, which stays valid until the next call; nil if none
// does. It is the reader's.
func (r *Ring[T]) Next() *T {
	turn, written := r.taken.Load(), r.written.Load()
	if turn >= written { // more, where the writer's last was read before it was counted
		return nil
	}
	if written-turn > r.most {
		turn = written - r.most
	}
	r.reading = r.slots[turn%uint64(len(r.slots))].Swap(r.reading)
	got := &r.buffers[r.reading]
	got.unread = false
	r.taken.Store(got.turn + 1) // later than turn if the writer has gone all round meanwhile
	return &got.content
}

// Waiting is how many wait. Either side may ask.
func (r *Ring[T]) Waiting() int {
	taken, written := r.taken.Load(), r.written.Load()
	if taken >= written { // as in Next
		return 0
	}
	return int(min(written-taken, r.most))
}

// Dropped counts what was overwritten before it was read.
func (r *Ring[T]) Dropped() uint64 { return r.dropped.Load() }
