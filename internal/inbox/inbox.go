// Package inbox is a queue from many goroutines to one, which it wakes. Putting
// is one compare-and-swap, taking all is one swap: nobody holds a lock, so that
// even a thread that mixes sound may put, and take.
package inbox

import "sync/atomic"

// Inbox is a queue from many goroutines to one. One goroutine takes at a time, any may
// put. A value costs one allocation, taking none. New makes one; Init makes one that
// lies in what owns it, and must not be copied from then on. A zero one wakes nobody:
// it is for who takes after each Put, or has another take.
type Inbox[T any] struct {
	newest atomic.Pointer[item[T]]
	signal Signal
	sealed item[T]  // heads a list that takes no more
	taken  *item[T] // of the reader: what it has not got to yet, oldest first
}

type item[T any] struct {
	value T
	next  *item[T] // the one put before, while it waits; the one put after, when taken
	place int      // how many wait with it
}

// New makes an empty inbox.
func New[T any]() *Inbox[T] {
	b := new(Inbox[T])
	b.Init()
	return b
}

// Init makes an empty inbox of a zero one, before anybody else knows it.
func (b *Inbox[T]) Init() { b.signal = NewSignal() }

// Put adds a value and wakes the reader. It returns false, and forgets the
// value, once the inbox is sealed.
func (b *Inbox[T]) Put(value T) bool { return b.put(value, 0) }

// Offer does the same unless most values wait already: it returns false then too.
func (b *Inbox[T]) Offer(value T, most int) bool { return b.put(value, most) }

// Leave is Put without waking the reader: Signal is to follow, or who leaves it takes.
func (b *Inbox[T]) Leave(value T) bool { return b.add(value, 0) }

// Signal wakes the reader.
func (b *Inbox[T]) Signal() { b.signal.Set() }

func (b *Inbox[T]) put(value T, most int) bool {
	if !b.add(value, most) {
		return false
	}
	b.signal.Set()
	return true
}

func (b *Inbox[T]) add(value T, most int) bool {
	i := &item[T]{value: value}
	for {
		before := b.newest.Load()
		i.next, i.place = before, 1
		if before != nil {
			i.place += before.place
		}
		if before == &b.sealed || most > 0 && i.place > most {
			return false
		}
		if b.newest.CompareAndSwap(before, i) {
			return true
		}
	}
}

// Wake has a token while values may be waiting, those left by an inbox that was
// sealed included. Who receives it takes.
func (b *Inbox[T]) Wake() <-chan struct{} { return b.signal }

// IsWaiting reports whether values have come since the last Take, for any goroutine.
func (b *Inbox[T]) IsWaiting() bool {
	newest := b.newest.Load()
	return newest != nil && newest != &b.sealed
}

// Take is an iterator that empties the inbox: for v := range box.Take, in the
// order in which the values were put. Those that come meanwhile, and those that
// a break leaves, wait for the next time. To look into an empty inbox costs a load.
func (b *Inbox[T]) Take(yield func(T) bool) {
	if b.taken == nil {
		newest := b.newest.Load()
		if newest == nil || newest == &b.sealed {
			return
		}
		b.taken = b.reversed(b.newest.Swap(nil))
	}
	b.each(yield)
}

// Seal ends the inbox: nothing can be put any more. What still waits can be
// taken, once. The reader calls it.
func (b *Inbox[T]) Seal() {
	last := b.reversed(b.newest.Swap(&b.sealed))
	if b.taken == nil {
		b.taken = last
		return
	}
	end := b.taken
	for end.next != nil {
		end = end.next
	}
	end.next = last
}

// reversed returns a list oldest first.
func (b *Inbox[T]) reversed(i *item[T]) (first *item[T]) {
	for i != nil && i != &b.sealed {
		i.next, first, i = first, i, i.next
	}
	return first
}

func (b *Inbox[T]) each(yield func(T) bool) {
	for b.taken != nil {
		value := b.taken.value
		if b.taken = b.taken.next; !yield(value) {
			return
		}
	}
}
