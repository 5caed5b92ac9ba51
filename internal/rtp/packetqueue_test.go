package rtp

import "testing"

// TestQueueTakesRoomForWhatComes: none before a packet came, what short packets need, and none
// for each packet.
func TestQueueTakesRoomForWhatComes(t *testing.T) {
	const buffers = waitingPackets + 3
	q := newPacketQueue(waitingPackets)
	room := func() (bytes int) {
		for range buffers { // each of them becomes the writer's own
			bytes += cap(q.Spare().data)
			q.Put()
			q.Next()
		}
		return bytes
	}
	if room() != 0 {
		t.Errorf("an empty queue has room for %d bytes", room())
	}
	packet := make([]byte, maxPacket)
	pass := func(size int) {
		q.put(packet[:size], 1)
		if got, _, ok := q.next(); !ok || len(got) != size {
			t.Fatalf("a packet of %d bytes came as one of %d", size, len(got))
		}
	}
	for n := range 10 * waitingPackets {
		pass(40 + n%100)
	}
	if most := packetStep * buffers; room() == 0 || room() > most {
		t.Errorf("%d bytes for packets of 139 at most; want %d", room(), most)
	}
	pass(maxPacket)
	if allocs := testing.AllocsPerRun(1000, func() { pass(120) }); allocs != 0 {
		t.Errorf("%v allocations a packet", allocs)
	}
}
