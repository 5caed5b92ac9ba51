package rtp

import "encoding/binary"

// Redundant audio data, RED (RFC 2198 §3): a packet with the sound of its own time, the
// primary, behind copies of what was sent before it. Each copy has a head of four bytes,
// the primary one of a single byte; then come the copies, then the primary:
//
//	 0                   1                   2                   3
//	|1| payload type|      timestamp offset     |   block length    |
const (
	copyHead    = 4
	primaryHead = 1
	// mostBlocks bounds the blocks of a packet: browsers send up to nine copies.
	mostBlocks = 10
	// furthestCopy is the largest timestamp offset that a head can say.
	furthestCopy = 1<<14 - 1
)

// block is a piece of sound within a packet.
type block struct {
	payloadType uint8
	offset      uint32 // how much earlier than the packet's it is, in RTP timestamp units
	payload     []byte
}

// blocks are those of a packet: the copies, the oldest first, and the primary.
type blocks struct {
	list [mostBlocks]block
	n    int
}

// splitRedundant takes a payload apart, which the blocks share. It returns false for one
// that is cut short or has too many.
func splitRedundant(payload []byte) (b blocks, ok bool) {
	var sizes [mostBlocks]int
	for ; ; b.n++ {
		if len(payload) == 0 || b.n == mostBlocks {
			return blocks{}, false
		}
		b.list[b.n].payloadType = payload[0] & 0x7f
		if payload[0]&0x80 == 0 {
			b.n++
			payload = payload[primaryHead:]
			break
		}
		if len(payload) < copyHead {
			return blocks{}, false
		}
		bits := binary.BigEndian.Uint32(payload)
		b.list[b.n].offset, sizes[b.n] = bits>>10&furthestCopy, int(bits&0x3ff)
		payload = payload[copyHead:]
	}
	for i := range b.n - 1 {
		if sizes[i] > len(payload) {
			return blocks{}, false
		}
		b.list[i].payload, payload = payload[:sizes[i]], payload[sizes[i]:]
	}
	b.list[b.n-1].payload = payload
	return b, true
}

// receiveRedundant takes a packet of redundant audio data. A copy of a packet that has
// come is left out; that of one which has not takes its place. Where it comes too late
// for that, the delay grows as it does for a late packet: so the copies of the next losses
// come in time.
func (s *Stream) receiveRedundant(h header, payload []byte, newest bool, at int64) {
	b, ok := splitRedundant(payload)
	if !ok {
		s.counters.malformed.Add(1)
		return
	}
	primary := b.list[b.n-1]
	if kind := s.terms.kinds[primary.payloadType]; kind >= soundKind && len(primary.payload) > 0 {
		s.receiveSound(h, primary.payload, s.formats[kind-soundKind], newest, at)
	}
	for i, c := range b.list[:b.n-1] {
		former := h
		former.sequence, former.timestamp = h.sequence-uint16(b.n-1-i), h.timestamp-c.offset
		if kind := s.terms.kinds[c.payloadType]; kind >= soundKind && len(c.payload) > 0 && s.numbers.lacks(former.sequence) {
			s.receiveCopy(former, c.payload, s.formats[kind-soundKind], at)
		}
	}
}

// receiveCopy puts the copy of a packet that has not come into the jitter buffer.
func (s *Stream) receiveCopy(h header, payload []byte, format uint8, at int64) {
	if !s.terms.media.Receive {
		return
	}
	came := moment{newest: false, waited: s.waited(at), jitter: s.playout.jitter}
	switch s.playout.push(h, format, payload, came) {
	case stored:
		s.numbers.recover(h.sequence)
		s.counters.recovered.Add(1)
	case overflow:
		s.numbers.recover(h.sequence)
		s.counters.recovered.Add(1)
		s.counters.discarded.Add(1)
	}
}
