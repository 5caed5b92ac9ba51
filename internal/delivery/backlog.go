package delivery

import "slices"

// backlogOf is a queue that gives its memory back as it empties.
type backlogOf[T any] struct {
	items []T
	head  int
}

type backlog = backlogOf[*record]

func (q *backlogOf[T]) empty() bool { return q.head == len(q.items) }
func (q *backlogOf[T]) push(item T) { q.items = append(q.items, item) }
func (q *backlogOf[T]) len() int    { return len(q.items) - q.head }

// all returns what is queued, oldest first, to be read at once.
func (q *backlogOf[T]) all() []T { return q.items[q.head:] }

func (q *backlogOf[T]) pop() T {
	item := q.items[q.head]
	var none T
	q.items[q.head] = none
	q.head++
	switch {
	case q.empty():
		q.items, q.head = nil, 0
	case q.head >= turn && 2*q.head >= len(q.items):
		q.items, q.head = slices.Clone(q.items[q.head:]), 0
	}
	return item
}
