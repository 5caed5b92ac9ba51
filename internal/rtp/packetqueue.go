package rtp

import "sync/atomic"

// packetQueue is a bounded, lock-free ring buffer of packets for one writer and one
// reader, in the way of audio.Queue: the writer never waits; when the queue is full
// it drops the oldest packet, and counts it. Each slot holds the number of a buffer,
// which both sides exchange for that of one of their own, so that no packet is
// overwritten while it is read.
type packetQueue struct {
	most    uint64 // how many may wait
	buffers []waitingPacket
	slots   []atomic.Uint32 // each the number of a buffer

	written atomic.Uint64 // packets put so far
	spare   uint32        // the writer's own buffer

	taken   atomic.Uint64 // packets read or skipped so far
	reading uint32        // the reader's own buffer

	dropped atomic.Uint64
}

// waitingPacket belongs to whoever has exchanged it for another.
type waitingPacket struct {
	turn   uint64 // of all packets, which this is
	unread bool
	at     int64 // when it came, Unix time in ns
	data   []byte
}

// packetStep is what the room for a packet is a multiple of, in bytes. Room is made for the
// packets that come: most have a fourth of maxPacket, and who only listens sends none.
const packetStep = 160

// keep copies a packet.
func (w *waitingPacket) keep(packet []byte) {
	if cap(w.data) < len(packet) {
		w.data = make([]byte, 0, (len(packet)+packetStep-1)/packetStep*packetStep)
	}
	w.data = append(w.data[:0], packet...)
}

func newPacketQueue(most int) *packetQueue {
	q := &packetQueue{
		most:    uint64(most),
		buffers: make([]waitingPacket, most+3),
		slots:   make([]atomic.Uint32, most+1), // one more: the oldest is not overtaken while it is fetched
		spare:   uint32(most + 1),
		reading: uint32(most + 2),
	}
	for i := range q.slots {
		q.slots[i].Store(uint32(i))
	}
	return q
}

// put copies a packet. It is the writer's.
func (q *packetQueue) put(packet []byte, at int64) {
	turn := q.written.Load()
	own := &q.buffers[q.spare]
	own.turn, own.unread, own.at = turn, true, at
	own.keep(packet)
	q.spare = q.slots[turn%uint64(len(q.slots))].Swap(q.spare)
	if old := &q.buffers[q.spare]; old.unread {
		old.unread = false
		q.dropped.Add(1)
	}
	q.written.Store(turn + 1)
}

// next returns the oldest packet, which stays valid until the next call; false if
// none waits. It is the reader's.
func (q *packetQueue) next() (packet []byte, at int64, ok bool) {
	turn, written := q.taken.Load(), q.written.Load()
	if turn >= written { // more, where the writer's last packet was read before it was counted
		return nil, 0, false
	}
	if written-turn > q.most {
		turn = written - q.most
	}
	q.reading = q.slots[turn%uint64(len(q.slots))].Swap(q.reading)
	got := &q.buffers[q.reading]
	got.unread = false
	q.taken.Store(got.turn + 1) // later than turn if the writer has gone all round meanwhile
	return got.data, got.at, true
}
