package rtp

import "github.com/switchhook/switchhook/internal/ringbuffer"

// packetQueue is a ring buffer of packets, for one writer and one reader: the writer never
// waits; when the queue is full it drops the oldest packet, and counts it.
type packetQueue struct {
	ringbuffer.Ring[waitingPacket]
}

// waitingPacket is a packet in a queue.
type waitingPacket struct {
	at   int64 // when it came, Unix time in ns
	data []byte
}

// packetStep is what the room for a packet is a multiple of, in bytes. Room is made for the
// packets that come: most have 20 ms of sound, and who only listens sends none.
const packetStep = 160

// keep copies a packet.
func (w *waitingPacket) keep(packet []byte) {
	if cap(w.data) < len(packet) {
		w.data = make([]byte, 0, (len(packet)+packetStep-1)/packetStep*packetStep)
	}
	w.data = append(w.data[:0], packet...)
}

func newPacketQueue(most int) *packetQueue {
	q := &packetQueue{}
	q.Init(most)
	return q
}

// put copies a packet. It is the writer's.
func (q *packetQueue) put(packet []byte, at int64) {
	own := q.Spare()
	own.at = at
	own.keep(packet)
	q.Put()
}

// next returns the oldest packet, which stays valid until the next call; false if
// none waits. It is the reader's.
func (q *packetQueue) next() (packet []byte, at int64, ok bool) {
	got := q.Next()
	if got == nil {
		return nil, 0, false
	}
	return got.data, got.at, true
}
