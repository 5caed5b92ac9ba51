package rtp

import "encoding/binary"

const (
	// mostCopies is how many copies of earlier packets a packet has at most.
	mostCopies = 2
	// manyLost is how much loss is worth two copies, in per cent: with random loss, one
	// copy leaves the square of it, two leave the cube.
	manyLost = 4
	// longestCopy is the longest payload that is copied, in bytes: 40 ms at 32 kbit/s.
	longestCopy = 160
)

// copies are the payloads that were sent last, for redundant audio data (RFC 2198).
type copies struct {
	kept [mostCopies]struct {
		sequence  uint16
		timestamp uint32
		size      int // 0: there is none
		payload   [longestCopy]byte
	}
	next int // place of the next one, of which the oldest makes room
}

// remember keeps a payload that is sent.
func (c *copies) remember(h header, payload []byte) {
	kept := &c.kept[c.next]
	c.next = (c.next + 1) % mostCopies
	kept.sequence, kept.timestamp, kept.size = h.sequence, h.timestamp, 0
	if len(payload) <= longestCopy {
		kept.size = copy(kept.payload[:], payload)
	}
}

// put writes what stands before the primary of a packet with that header, whose sound has
// a payload type: at most so many copies, the oldest first, and all heads. It returns how
// long that is; 0 where there is nothing to copy, and the packet is to be an ordinary one.
// What the peer would take for another packet's is left out: it counts back from ours.
func (c *copies) put(dst []byte, h header, payloadType uint8, most int) int {
	n := 0
	for n < most {
		kept := &c.kept[(c.next+mostCopies-1-n)%mostCopies]
		if kept.size == 0 || kept.sequence != h.sequence-uint16(n+1) || h.timestamp-kept.timestamp > furthestCopy {
			break
		}
		n++
	}
	if n == 0 {
		return 0
	}
	at := n*copyHead + primaryHead
	dst[at-primaryHead] = payloadType
	for i := range n {
		kept := &c.kept[(c.next+mostCopies-n+i)%mostCopies]
		head := 1<<31 | uint32(payloadType)<<24 | (h.timestamp-kept.timestamp)<<10 | uint32(kept.size)
		binary.BigEndian.PutUint32(dst[i*copyHead:], head)
		at += copy(dst[at:], kept.payload[:kept.size])
	}
	return at
}

// copiesWanted is how many copies the next packet shall have: none, while nothing is lost.
func (s *Stream) copiesWanted() int {
	switch lost := s.protection.wanted(); {
	case s.terms.redundant() == 0 || lost == 0:
		return 0
	case lost >= manyLost && s.protection.reported:
		return 2
	}
	return 1
}

// encoderProtection is how many per cent of loss the encoder shall protect against: copies do it
// better, where the peer takes them, and leave all bits to the sound.
func (s *Stream) encoderProtection() int {
	if s.terms.redundant() != 0 {
		return 0
	}
	return s.protection.wanted()
}
