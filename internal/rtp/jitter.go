package rtp

const (
	// maxSlots bounds the packets that wait: 320 ms of the shortest ones, 10 ms.
	maxSlots = 32
	// chunkSize is the payload of 10 ms, and maxChunks 400 ms of it: of most codecs
	// a byte is an eighth of a ms, and a payload can be decoded in pieces. Of Opus a
	// chunk is more, and its payloads are put together first.
	chunkSize = 80
	maxChunks = 40
)

// slot is one packet that waits to be played.
type slot struct {
	timestamp uint32
	ticks     int32 // how long it lasts, in units of the RTP clock
	sequence  uint16
	size      uint16 // of the payload
	chunk     uint8  // where that begins
	format    uint8  // of the playout's
}

// end is the timestamp that follows the packet.
func (s *slot) end() uint32 { return s.timestamp + uint32(s.ticks) }

// chunks is how many a payload takes.
func chunks(size int) int { return (size + chunkSize - 1) / chunkSize }

// jitterBuffer keeps packets in the order of their timestamps, whatever order
// they came in. It knows no time. Payloads lie in chunks, so that its room is
// what sound needs, and not the longest packet's for each of the shortest ones.
type jitterBuffer struct {
	slots [maxSlots]slot
	order [maxSlots]uint8 // the first count name what waits, in order; the rest are free
	count int

	data [maxChunks][chunkSize]byte
	next [maxChunks]uint8 // of a payload, or of the free ones
	free uint8            // the first free chunk
	room int              // how many are free
}

func (b *jitterBuffer) reset() {
	b.count = 0
	for i := range b.order {
		b.order[i] = uint8(i)
	}
	b.free, b.room = 0, maxChunks
	for i := range b.next {
		b.next[i] = uint8(i + 1)
	}
}

// fits reports whether there is room for another payload.
func (b *jitterBuffer) fits(payload []byte) bool {
	return b.count < maxSlots && chunks(len(payload)) <= b.room
}

// first returns the earliest packet, nil if none waits.
func (b *jitterBuffer) first() *slot {
	if b.count == 0 {
		return nil
	}
	return &b.slots[b.order[0]]
}

// last returns the latest packet, nil if none waits.
func (b *jitterBuffer) last() *slot {
	if b.count == 0 {
		return nil
	}
	return &b.slots[b.order[b.count-1]]
}

// insert puts a packet in its place. It returns false for a timestamp that is
// there already, or if it does not fit.
func (b *jitterBuffer) insert(h header, format uint8, ticks int, payload []byte) bool {
	if !b.fits(payload) {
		return false
	}
	at := b.count
	for ; at > 0; at-- {
		ahead := int32(h.timestamp - b.slots[b.order[at-1]].timestamp)
		if ahead == 0 {
			return false
		}
		if ahead > 0 {
			break
		}
	}
	slot := b.order[b.count]
	copy(b.order[at+1:b.count+1], b.order[at:b.count])
	b.order[at] = slot
	b.count++
	s := &b.slots[slot]
	s.timestamp, s.sequence, s.ticks, s.format = h.timestamp, h.sequence, int32(ticks), format
	s.size, s.chunk = uint16(len(payload)), b.free
	for len(payload) > 0 {
		payload = payload[copy(b.data[b.free][:], payload):]
		b.free = b.next[b.free]
		b.room--
	}
	return true
}

// each shows a packet's payload, piece by piece.
func (b *jitterBuffer) each(s *slot, show func(piece []byte)) {
	for at, left := s.chunk, int(s.size); left > 0; at, left = b.next[at], left-chunkSize {
		show(b.data[at][:min(left, chunkSize)])
	}
}

// drop forgets the earliest packet.
func (b *jitterBuffer) drop() {
	gone := b.order[0]
	b.count--
	copy(b.order[:b.count], b.order[1:])
	b.order[b.count] = gone
	s := &b.slots[gone]
	if s.size == 0 {
		return
	}
	last := s.chunk
	for range chunks(int(s.size)) - 1 {
		last = b.next[last]
	}
	b.next[last], b.free = b.free, s.chunk
	b.room += chunks(int(s.size))
}
