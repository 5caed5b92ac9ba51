package rtp

import "net/netip"

// How many consecutive packets an address must send before the stream follows it.
const (
	unverifiedRun = 4 // with little in its favour
	knownRun      = 2 // with more
	never         = unverifiedRun + 1

	// silentTicks is how long the present source must have been silent before
	// another port of the peer's host may take its place: half a second.
	silentTicks = 25
)

// trust is what speaks for an address, whatever it sends.
type trust uint8

const (
	untrusted  trust = iota // is not heard
	unverified              // may be the peer, behind a NAT that nobody told us of
	sameHost                // another port of the peer's host, or the host that it signals from
	announced               // what its description says
)

// latch is symmetric RTP's address latching, with its defence: it decides whose
// packets are the stream. Peers behind NAT send from another address than the one
// they announced (RFC 4961), so the address is learnt; but nobody may take a stream
// by sending to ports that he guesses.
//
// A peer whose description names the host that it signals from is behind no NAT
// that we must guess about: nobody else is heard. Of others the first who sends
// some packets in a row is believed, and the more trusted an address, the fewer;
// one that is trusted more takes over at any time, one that is trusted as much only
// with the peer's own stream or after its silence, and an unverified one never. What
// is authentic (SRTP) speaks for itself, from wherever it comes.
type latch struct {
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
func (l *latch) signal(to netip.AddrPort, host netip.Addr) (opened bool) {
	l.host = host
	if l.signalled == to {
		return false
	}
	l.signalled = to
	l.from = netip.AddrPort{}
	l.candidate.run = 0
	return true
}

// trust is what speaks for an address.
func (l *latch) trust(from netip.AddrPort) trust {
	switch {
	case from == l.signalled:
		return announced
	case from.Addr() == l.signalled.Addr(), from.Addr() == l.host, l.authentic:
		return sameHost
	case l.host == l.signalled.Addr():
		return untrusted
	}
	return unverified
}

// destination is where the peer hears us; the zero AddrPort if that is unknown.
func (l *latch) destination() netip.AddrPort {
	if l.from.IsValid() {
		return l.from
	}
	if l.signalled.Port() == 0 || !l.signalled.Addr().IsValid() || l.signalled.Addr().IsUnspecified() {
		return netip.AddrPort{} // 0.0.0.0 is how hold was said before RFC 3264
	}
	return l.signalled
}

// admit judges a packet. The stream that is received so far is n.
func (l *latch) admit(from netip.AddrPort, h header, n *numbering) verdict {
	if l.from == from && n.continues(h) {
		l.candidate.run = 0
		l.quiet = 0
		return n.count(h.sequence)
	}
	if l.follow(from, h) < l.needed(from, h, n) {
		return rejected
	}
	moved := l.from.IsValid() && n.continues(h)
	l.from, l.quiet = from, 0
	l.candidate.run = 0
	if moved {
		return n.count(h.sequence)
	}
	n.begin(h)
	return started
}

// needed is how many consecutive packets a source must send to be believed.
func (l *latch) needed(from netip.AddrPort, h header, n *numbering) int {
	trusted, present := l.trust(from), untrusted
	if l.from.IsValid() {
		present = l.trust(l.from)
	}
	switch {
	case trusted == untrusted:
		return never
	case present == untrusted && trusted == announced:
		return 1
	case present == untrusted && trusted == unverified:
		return unverifiedRun
	case trusted > present,
		from == l.from,                        // its stream began anew
		trusted == sameHost && n.continues(h): // its NAT took another port
		return knownRun
	case trusted == sameHost && l.quiet >= silentTicks:
		return unverifiedRun
	}
	return never
}

// follow counts the consecutive packets of whoever is not the stream's source.
func (l *latch) follow(from netip.AddrPort, h header) int {
	c := &l.candidate
	if c.run > 0 && c.from == from && c.ssrc == h.ssrc && c.next == h.sequence {
		c.run = min(c.run+1, unverifiedRun)
	} else {
		c.from, c.ssrc, c.run = from, h.ssrc, 1
	}
	c.next = h.sequence + 1
	return c.run
}
