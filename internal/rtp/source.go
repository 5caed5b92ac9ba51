package rtp

import "net/netip"

// How much a packet must prove before the stream follows it.
const (
	// silentTicks is how long the present source must have been silent before a
	// neighbour may take its place: half a second.
	silentTicks = 25
	strangerRun = 4 // consecutive packets of one with little in its favour
	usualRun    = 2 // and of one with more
	never       = strangerRun + 1
)

// standing is what speaks for an address, whatever it sends.
type standing uint8

const (
	nobody    standing = iota // is not heard
	foreigner                 // may be the peer, behind a NAT that nobody told us of
	neighbour                 // another port of the peer's host, or the host that it signals from
	announced                 // what its description says
)

// source decides whose packets are the stream. Peers behind NAT send from
// another address than the one they announced (RFC 4961), so the address is
// learnt; but nobody may take a stream by sending to ports that he guesses.
//
// A peer whose description names the host that it signals from is behind no NAT
// that we must guess about: nobody else is heard. Of others the first who sends
// some packets in a row is believed, and the better an address's standing the
// fewer; who has the better standing takes over at any time, who has the same one
// only with the peer's own stream or after its silence, and a stranger never. What
// is authentic (SRTP) speaks for itself, from wherever it comes.
type source struct {
	signalled netip.AddrPort
	host      netip.Addr     // that it signals from; zero if unknown
	authentic bool           // every packet that comes here was checked
	from      netip.AddrPort // whose packets are the stream; zero until known
	quiet     int            // ticks since its last packet

	candidate struct {
		from netip.AddrPort
		ssrc uint32
		next uint16
		run  int
	}
}

// signal sets the address of the peer's description, and the host that sent it. It
// reports whether the address is another than before: then the stream's source is
// open again.
func (s *source) signal(to netip.AddrPort, host netip.Addr) (opened bool) {
	s.host = host
	if s.signalled == to {
		return false
	}
	s.signalled = to
	s.from = netip.AddrPort{}
	s.candidate.run = 0
	return true
}

// standing is what speaks for an address.
func (s *source) standing(from netip.AddrPort) standing {
	switch {
	case from == s.signalled:
		return announced
	case from.Addr() == s.signalled.Addr(), from.Addr() == s.host, s.authentic:
		return neighbour
	case s.host == s.signalled.Addr():
		return nobody
	}
	return foreigner
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

// admit judges a packet. The stream that is received so far is n.
func (s *source) admit(from netip.AddrPort, h header, n *numbering) verdict {
	if s.from == from && n.continues(h) {
		s.candidate.run = 0
		s.quiet = 0
		return n.count(h.sequence)
	}
	if s.follow(from, h) < s.needed(from, h, n) {
		return stray
	}
	moved := s.from.IsValid() && n.continues(h)
	s.from, s.quiet = from, 0
	s.candidate.run = 0
	if moved {
		return n.count(h.sequence)
	}
	n.begin(h)
	return begun
}

// needed is how many consecutive packets a source must send to be believed.
func (s *source) needed(from netip.AddrPort, h header, n *numbering) int {
	standing, present := s.standing(from), nobody
	if s.from.IsValid() {
		present = s.standing(s.from)
	}
	switch {
	case standing == nobody:
		return never
	case present == nobody && standing == announced:
		return 1
	case present == nobody && standing == foreigner:
		return strangerRun
	case standing > present,
		from == s.from,                          // its stream began anew
		standing == neighbour && n.continues(h): // its NAT took another port
		return usualRun
	case standing == neighbour && s.quiet >= silentTicks:
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
