package rtp

// How much of a stream's numbers is believed.
const (
	maxDropout  = 3000 // RFC 3550 appendix A.1: a sequence number this far ahead is plausible
	maxMisorder = 100  // and this far behind
	newRun      = 2    // consecutive packets of another stream that take the present one's place
)

// verdict is what a packet's source and number mean for the stream.
type verdict uint8

const (
	rejected   verdict = iota // not of this stream, or not yet
	newest                    // the stream's highest sequence number so far
	outOfOrder                // of the stream, out of order
	repeated                  // of the stream, and seen before
	started                   // the first of a stream that replaces the former one
)

// numbering counts the packets of the stream that is received (RFC 3550 appendix
// A.1): which come, how many never did, and how the losses lie.
type numbering struct {
	known   bool // a stream has started
	ssrc    uint32
	highest uint16 // sequence number
	cycles  uint32 // what its wraps add to it
	base    uint32 // the first one
	seen    uint64 // bit i: highest-i has come
	copied  uint64 // bit i: a copy has taken the place of highest-i
	losses  losses

	candidate struct {
		ssrc uint32
		next uint16
		run  int
	}
}

// admit judges a packet where nothing but its header tells whose it is: another SSRC,
// or numbers that cannot be the stream's, need a run of packets to be believed.
func (n *numbering) admit(h header) verdict {
	c := &n.candidate
	switch {
	case n.known && n.continues(h):
		c.run = 0
		return n.count(h.sequence)
	case c.run > 0 && c.ssrc == h.ssrc && c.next == h.sequence:
		c.run++
	default:
		c.ssrc, c.run = h.ssrc, 1
	}
	if c.next = h.sequence + 1; n.known && c.run < newRun {
		return rejected
	}
	n.begin(h)
	return started
}

// continues reports whether a packet may be one of the stream's.
func (n *numbering) continues(h header) bool {
	ahead := h.sequence - n.highest
	return n.ssrc == h.ssrc && (ahead < maxDropout || ahead > 1<<16-1-maxMisorder)
}

// begin starts to count another stream, with its first packet.
func (n *numbering) begin(h header) {
	*n = numbering{known: true, ssrc: h.ssrc, highest: h.sequence, base: uint32(h.sequence), seen: 1}
}

// count notes a sequence number of the stream.
func (n *numbering) count(sequence uint16) verdict {
	ahead := int16(sequence - n.highest)
	if ahead > 0 {
		n.losses.advance(n.seen, uint16(ahead), n.expected())
		if sequence < n.highest {
			n.cycles += 1 << 16
		}
		n.highest = sequence
		n.seen = n.seen<<min(uint(ahead), 64) | 1
		n.copied <<= min(uint(ahead), 64)
		return newest
	}
	bit := uint64(1) << min(uint(-int(ahead)), 64)
	if ahead > -64 && n.seen&bit != 0 {
		return repeated
	}
	n.seen |= bit
	return outOfOrder
}

// lacks reports whether a packet of the stream has not come, nor a copy of it, among those
// of which that is still known.
func (n *numbering) lacks(sequence uint16) bool {
	behind := n.highest - sequence
	return behind < 64 && uint32(behind) < n.expected() && (n.seen|n.copied)>>behind&1 == 0
}

// recover notes that a copy has taken the place of a packet that lacks.
func (n *numbering) recover(sequence uint16) { n.copied |= 1 << (n.highest - sequence) }

// overtaken reports whether a packet that has come was taken for a lost one, whose copy has
// its place.
func (n *numbering) overtaken(sequence uint16) bool {
	bit := uint64(1) << (n.highest - sequence)
	was := n.copied&bit != 0
	n.copied &^= bit
	return was
}

// extended is the highest sequence number with its wraps.
func (n *numbering) extended() uint32 { return n.cycles + uint32(n.highest) }

// expected is how many packets the peer has sent, as far as we can know.
func (n *numbering) expected() uint32 { return n.extended() - n.base + 1 }
