package connlimit

import (
	"container/heap"
	"container/list"
	"net/netip"
)

// queue is the connections that may be closed to make room, by their source. The
// oldest of the loudest source, which has most of them, is first.
type queue struct {
	bySource map[netip.Addr]*group
	loudest  loudness
}

// group is the connections of one source, the oldest first.
type group struct {
	source  netip.Addr
	members list.List
	at      int // in the heap
}

func newQueue() queue { return queue{bySource: make(map[netip.Addr]*group)} }

// add puts a connection at the end of its source's.
func (q *queue) add(c *Connection) {
	g := q.bySource[c.source]
	if g == nil {
		g = &group{source: c.source}
		q.bySource[c.source] = g
		heap.Push(&q.loudest, g)
	}
	c.queue, c.place = q, g.members.PushBack(c)
	heap.Fix(&q.loudest, g.at)
}

// remove takes a connection out that is in the queue.
func (q *queue) remove(c *Connection) {
	g := q.bySource[c.source]
	g.members.Remove(c.place)
	c.queue, c.place = nil, nil
	if g.members.Len() > 0 {
		heap.Fix(&q.loudest, g.at)
		return
	}
	heap.Remove(&q.loudest, g.at)
	delete(q.bySource, g.source)
}

// first returns the oldest connection of the loudest source; nil if there is none.
func (q *queue) first() *Connection {
	if len(q.loudest) == 0 {
		return nil
	}
	return q.loudest[0].oldest()
}

// firstOf returns the oldest connection of a source; nil if it has none.
func (q *queue) firstOf(source netip.Addr) *Connection {
	if g := q.bySource[source]; g != nil {
		return g.oldest()
	}
	return nil
}

func (g *group) oldest() *Connection { return g.members.Front().Value.(*Connection) }

// loudness is a heap of groups, that with most connections first.
type loudness []*group

// Len, Less, Swap, Push and Pop are those of heap.Interface.
func (l loudness) Len() int           { return len(l) }
func (l loudness) Less(i, j int) bool { return l[i].members.Len() > l[j].members.Len() }
func (l loudness) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].at, l[j].at = i, j
}

// Push appends a group.
func (l *loudness) Push(g any) {
	g.(*group).at = len(*l)
	*l = append(*l, g.(*group))
}

// Pop removes the last group.
func (l *loudness) Pop() any {
	last := len(*l) - 1
	g := (*l)[last]
	(*l)[last] = nil
	*l = (*l)[:last]
	return g
}
