package rtp

// maxSlots bounds the packets that wait: 320 ms of the shortest ones, 10 ms.
const maxSlots = 32

// slot is one packet that waits to be played.
type slot struct {
	timestamp uint32
	sequence  uint16
	ticks     int32 // how long it lasts, in units of the RTP clock
	size      int
	payload   [maxPayload]byte
}

// end is the timestamp that follows the packet.
func (s *slot) end() uint32 { return s.timestamp + uint32(s.ticks) }

// jitterBuffer keeps packets in the order of their timestamps, whatever order
// they came in. It knows no time.
type jitterBuffer struct {
	slots [maxSlots]slot
	order [maxSlots]uint8 // the first count name what waits, in order; the rest are free
	count int
}

func (b *jitterBuffer) reset() {
	b.count = 0
	for i := range b.order {
		b.order[i] = uint8(i)
	}
}

func (b *jitterBuffer) full() bool { return b.count == maxSlots }

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
// there already, or if the buffer is full.
func (b *jitterBuffer) insert(h header, ticks int, payload []byte) bool {
	if b.full() {
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
	free := b.order[b.count]
	copy(b.order[at+1:b.count+1], b.order[at:b.count])
	b.order[at] = free
	b.count++
	s := &b.slots[free]
	s.timestamp, s.sequence, s.ticks = h.timestamp, h.sequence, int32(ticks)
	s.size = copy(s.payload[:], payload)
	return true
}

// drop forgets the earliest packet.
func (b *jitterBuffer) drop() {
	gone := b.order[0]
	b.count--
	copy(b.order[:b.count], b.order[1:])
	b.order[b.count] = gone
}
