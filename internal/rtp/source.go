package rtp

import "net/netip"

// How much a packet must prove before the stream follows it.
const (
	maxDropout  = 3000 // RFC 3550 appendix A.1: a sequence number this far ahead is plausible
	maxMisorder = 100  // and this far behind
	// silentTicks is how long the present source must have been silent before a
	// stranger may take its place: half a second.
	silentTicks = 25
	strangerRun = 4 // consecutive packets that a stranger must then send
	usualRun    = 2 // and those of a source with something in its favour
	never       = strangerRun + 1
)

// verdict is what a packet's source and number mean for the stream.
type verdict uint8

const (
	stray  verdict = iota // not of this stream, or not yet
	newest                // the stream's highest sequence number so far
	older                 // of the stream, out of order
	twice                 // of the stream, and seen before
	begun                 // the first of a stream that replaces the former one
)

// source decides whose packets are the stream. Peers behind NAT send from
// another address than the one they signalled (RFC 4961), so the address is
// learnt; but a stray packet, or a forged one, must not take the stream away.
type source struct {
	signalled netip.AddrPort
	from      netip.AddrPort // whose packets are the stream; zero until known
	ssrc      uint32
	quiet     int // ticks since its last packet

	highest uint16 // sequence number
	cycles  uint32 // what its wraps add to it
	base    uint32 // the first one
	seen    uint64 // bit i: highest-i has come
	losses  losses

	candidate struct {
		from netip.AddrPort
		ssrc uint32
		next uint16
		run  int
	}
}

// signal sets the address of the peer's description. If it differs from the
// former one, the stream's source is open again.
func (s *source) signal(to netip.AddrPort) {
	if s.signalled != to {
		s.signalled = to
		s.from = netip.AddrPort{}
		s.candidate.run = 0
	}
}

// destination is where the peer hears us; the zero AddrPort if that is unknown.
func (s *source) destination() netip.AddrPort {
	if s.from.IsValid() {
		return s.from
	}
	if s.signalled.Port() == 0 || !s.signalled.Addr().IsValid() || s.signalled.Addr().IsUnspecified() {
		return netip.AddrPort{} // 0.0.0.0 is how hold was said before RFC 3264
	}
	return s.signalled
}

// admit judges a packet.
func (s *source) admit(from netip.AddrPort, h header) verdict {
	if s.from == from && s.ssrc == h.ssrc && s.plausible(h.sequence) {
		s.candidate.run = 0
		s.quiet = 0
		return s.count(h.sequence)
	}
	if s.follow(from, h) < s.needed(from, h) {
		return stray
	}
	moved := s.from.IsValid() && s.ssrc == h.ssrc && s.plausible(h.sequence)
	s.from, s.ssrc, s.quiet = from, h.ssrc, 0
	s.candidate.run = 0
	if moved {
		return s.count(h.sequence)
	}
	s.highest, s.cycles, s.base, s.seen = h.sequence, 0, uint32(h.sequence), 1
	s.losses = losses{}
	return begun
}

// needed is how many consecutive packets a source must send to be believed.
func (s *source) needed(from netip.AddrPort, h header) int {
	switch {
	case !s.from.IsValid() && from == s.signalled:
		return 1
	case !s.from.IsValid(),
		from == s.from,      // its stream began anew
		from == s.signalled, // who was announced, after somebody else
		h.ssrc == s.ssrc && s.plausible(h.sequence): // its address changed
		return usualRun
	case s.quiet >= silentTicks:
		return strangerRun
	}
	return never
}

// follow counts the consecutive packets of whoever is not the stream's source.
func (s *source) follow(from netip.AddrPort, h header) int {
	c := &s.candidate
	if c.run > 0 && c.from == from && c.ssrc == h.ssrc && c.next == h.sequence {
		c.run = min(c.run+1, strangerRun)
	} else {
		c.from, c.ssrc, c.run = from, h.ssrc, 1
	}
	c.next = h.sequence + 1
	return c.run
}

func (s *source) plausible(sequence uint16) bool {
	ahead := sequence - s.highest
	return ahead < maxDropout || ahead > 1<<16-1-maxMisorder
}

// count notes a sequence number of the stream (RFC 3550 appendix A.1).
func (s *source) count(sequence uint16) verdict {
	ahead := int16(sequence - s.highest)
	if ahead > 0 {
		s.losses.advance(s.seen, uint16(ahead), s.expected())
		if sequence < s.highest {
			s.cycles += 1 << 16
		}
		s.highest = sequence
		s.seen = s.seen<<min(uint(ahead), 64) | 1
		return newest
	}
	bit := uint64(1) << min(uint(-int(ahead)), 64)
	if ahead > -64 && s.seen&bit != 0 {
		return twice
	}
	s.seen |= bit
	return older
}

// extended is the highest sequence number with its wraps.
func (s *source) extended() uint32 { return s.cycles + uint32(s.highest) }

// expected is how many packets the peer has sent, as far as we can know.
func (s *source) expected() uint32 { return s.extended() - s.base + 1 }
