package delivery

import "slices"

// fifo is a queue that gives its memory back as it empties.
type fifo[T any] struct {
	items []T
	head  int
}

type jobFIFO = fifo[*job]

func (q *fifo[T]) empty() bool { return q.head == len(q.items) }
func (q *fifo[T]) push(item T) { q.items = append(q.items, item) }

// all returns what is queued, oldest first, to be read at once.
func (q *fifo[T]) all() []T { return q.items[q.head:] }

func (q *fifo[T]) pop() T {
	item := q.items[q.head]
	var none T
	q.items[q.head] = none
	q.head++
	switch {
	case q.empty():
		q.items, q.head = nil, 0
	case q.head >= maxPerTurn && 2*q.head >= len(q.items):
		q.items, q.head = slices.Clone(q.items[q.head:]), 0
	}
	return item
}
