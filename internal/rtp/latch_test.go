package rtp

import (
	"net/netip"
	"slices"
	"testing"
)

// Addresses of a call: what the description says, the host that signalled, and
// others.
var (
	told      = netip.MustParseAddrPort("192.0.2.1:4000")
	otherPort = netip.MustParseAddrPort("192.0.2.1:4444")
	inside    = netip.MustParseAddrPort("192.168.1.20:4000") // what a phone behind NAT believes to be
	router    = netip.MustParseAddr("198.51.100.7")          // and the NAT that it signals through
	natted    = netip.MustParseAddrPort("198.51.100.7:5000")
	renatted  = netip.MustParseAddrPort("198.51.100.7:5999")
	unknown   = netip.MustParseAddrPort("203.0.113.9:6000")
	unknown2  = netip.MustParseAddrPort("203.0.113.10:6000")
)

// step is one packet and what must become of it.
type step struct {
	from     netip.AddrPort
	ssrc     uint32
	sequence uint16
	want     verdict
}

// spray is what somebody gets who sends packets in a row, and no more than that.
func spray(from netip.AddrPort, n int) (steps []step) {
	for i := range n {
		steps = append(steps, step{from, 666, uint16(i), rejected})
	}
	return steps
}

// TestWhosePacketsAreTheStream is a table of peers and of thieves (RFC 3550 §8.2,
// RFC 4961, and the attack that is known as RTP bleed).
func TestWhosePacketsAreTheStream(t *testing.T) {
	here := told.Addr() // signals from where it wants its sound: no NAT
	heard := []step{{told, 1, 10, started}, {told, 1, 11, newest}}
	latched := []step{{natted, 1, 10, rejected}, {natted, 1, 11, started}, {natted, 1, 12, newest}}
	for _, test := range []struct {
		name      string
		announced netip.AddrPort
		host      netip.Addr
		authentic bool
		steps     []step
		quiet     int // ticks without a packet before the last steps
		then      []step
	}{
		{name: "the announced address is believed at once", announced: told, host: here, steps: heard},
		{name: "another port of that host after two", announced: told, host: here, steps: []step{
			{otherPort, 1, 10, rejected}, {otherPort, 1, 11, started}, {otherPort, 1, 12, newest}}},
		{name: "where no NAT is told of nobody else is heard, not even first", announced: told, host: here, steps: spray(unknown, 50)},
		{name: "nor when the peer is silent", announced: told, host: here, steps: heard, quiet: 1000, then: spray(unknown, 50)},
		{name: "nor with the peer's own numbers", announced: told, host: here, steps: heard, then: []step{
			{unknown, 1, 12, rejected}, {unknown, 1, 13, rejected}, {unknown, 1, 14, rejected}, {told, 1, 12, newest}}},

		{name: "a peer behind NAT is believed from where it signals", announced: inside, host: router, steps: latched},
		{name: "and its NAT may take another port", announced: inside, host: router, steps: latched, then: []step{
			{renatted, 1, 13, rejected}, {renatted, 1, 14, newest}, {natted, 1, 15, rejected}}},
		{name: "a stranger cannot take its stream", announced: inside, host: router, steps: latched, then: append(spray(unknown, 50), step{natted, 1, 13, newest})},
		{name: "nor while it is silent", announced: inside, host: router, steps: latched, quiet: 1000, then: spray(unknown, 50)},
		{name: "nor with its own numbers", announced: inside, host: router, steps: latched, quiet: 1000, then: []step{
			{unknown, 1, 13, rejected}, {unknown, 1, 14, rejected}, {unknown, 1, 15, rejected}, {unknown, 1, 16, rejected}, {unknown, 1, 17, rejected}}},
		{name: "the house's other phone cannot take it either", announced: inside, host: router, steps: latched, quiet: silentTicks - 1,
			then: append(spray(renatted, 50), step{natted, 1, 13, newest})},
		{name: "but after a silence the host that signalled may", announced: inside, host: router, steps: latched, quiet: silentTicks, then: []step{
			{renatted, 2, 90, rejected}, {renatted, 2, 91, rejected}, {renatted, 2, 92, rejected}, {renatted, 2, 93, started}}},

		{name: "sound from another NAT address is believed after four, if nobody was there", announced: inside, host: router, steps: []step{
			{unknown, 1, 10, rejected}, {unknown, 1, 11, rejected}, {unknown, 1, 12, rejected}, {unknown, 1, 13, started}}},
		{name: "who was first with nothing in his favour gives way to the host that signalled", announced: inside, host: router, steps: []step{
			{unknown, 6, 10, rejected}, {unknown, 6, 11, rejected}, {unknown, 6, 12, rejected}, {unknown, 6, 13, started},
			{natted, 1, 10, rejected}, {natted, 1, 11, started}, {unknown, 6, 14, rejected}}},
		{name: "and never to another of his kind", announced: inside, host: router, steps: []step{
			{unknown, 6, 10, rejected}, {unknown, 6, 11, rejected}, {unknown, 6, 12, rejected}, {unknown, 6, 13, started}},
			quiet: 1000, then: spray(unknown2, 50)},
		{name: "packets scattered by a scanner are no stream", announced: inside, host: router, steps: []step{
			{unknown, 1, 10, rejected}, {unknown, 2, 11, rejected}, {unknown, 3, 12, rejected}, {unknown, 1, 13, rejected}, {unknown2, 1, 14, rejected}, {unknown, 1, 14, rejected}}},
		{name: "the announced address takes over from another", announced: told, host: router, steps: []step{
			{natted, 1, 10, rejected}, {natted, 1, 11, started}, {told, 2, 50, rejected}, {told, 2, 51, started}, {natted, 1, 12, rejected}}},
		{name: "a gateway apart from its proxy is heard where it said, and nobody else then", announced: told, host: router,
			steps: append(slices.Clone(heard), spray(unknown, 50)...), quiet: 1000, then: spray(unknown, 50)},

		{name: "what is authentic is believed from anywhere", announced: told, host: here, authentic: true, steps: []step{
			{unknown, 1, 10, rejected}, {unknown, 1, 11, started}, {unknown2, 1, 12, rejected}, {unknown2, 1, 13, newest}}},

		{name: "a new SSRC needs two in a row", announced: told, host: here, steps: []step{
			{told, 1, 10, started}, {told, 2, 500, rejected}, {told, 1, 11, newest}, {told, 2, 600, rejected}, {told, 2, 601, started}}},
		{name: "so does a jump of sequence numbers", announced: told, host: here, steps: []step{
			{told, 1, 10, started}, {told, 1, 30000, rejected}, {told, 1, 11, newest}, {told, 1, 30000, rejected}, {told, 1, 30001, started}}},
		{name: "duplicates and disorder", announced: told, host: here, steps: []step{
			{told, 1, 10, started}, {told, 1, 12, newest}, {told, 1, 11, outOfOrder}, {told, 1, 11, repeated}, {told, 1, 12, repeated}, {told, 1, 10, repeated}}},
		{name: "sequence numbers wrap", announced: told, host: here, steps: []step{
			{told, 1, 65534, started}, {told, 1, 0, newest}, {told, 1, 65535, outOfOrder}, {told, 1, 65535, repeated}, {told, 1, 1, newest}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, n := latch{authentic: test.authentic}, numbering{}
			s.signal(test.announced, test.host)
			run := func(steps []step) {
				for i, step := range steps {
					h := header{ssrc: step.ssrc, sequence: step.sequence}
					if got := s.admit(step.from, h, &n); got != step.want {
						t.Fatalf("step %d: verdict %d, want %d", i, got, step.want)
					}
				}
			}
			run(test.steps)
			s.quiet = test.quiet
			run(test.then)
		})
	}
}

// TestNobodyHearsACallByGuessingItsPort asks where sound is sent while a stranger
// sends and the peer does not: RTP bleed.
func TestNobodyHearsACallByGuessingItsPort(t *testing.T) {
	for name, host := range map[string]netip.Addr{"no NAT": told.Addr(), "perhaps a NAT": router} {
		var s latch
		var n numbering
		s.signal(told, host)
		s.admit(told, header{ssrc: 1, sequence: 10}, &n)
		s.quiet = 5000 // a hundred seconds
		for i := range 100 {
			s.admit(unknown, header{ssrc: 6, sequence: uint16(i)}, &n)
		}
		if s.destination() != told {
			t.Errorf("%s: sends to %v", name, s.destination())
		}
	}
}

func TestExpectedCountsThroughWraps(t *testing.T) {
	var s latch
	var n numbering
	s.signal(told, told.Addr())
	for i := range 200_000 {
		s.admit(told, header{ssrc: 1, sequence: uint16(65000 + i)}, &n)
	}
	if n.expected() != 200_000 {
		t.Errorf("expected %d packets", n.expected())
	}
}

func TestChangedDescriptionOpensTheSource(t *testing.T) {
	var s latch
	var n numbering
	s.signal(told, router)
	s.admit(told, header{ssrc: 1, sequence: 10}, &n)
	s.signal(told, router)
	if s.destination() != told || !s.from.IsValid() {
		t.Error("the same description forgets the source")
	}
	s.signal(natted, router)
	if s.destination() != natted {
		t.Errorf("sends to %v after a change to %v", s.destination(), natted)
	}
	if got := s.admit(natted, header{ssrc: 1, sequence: 11}, &n); got != started {
		t.Errorf("verdict %d on the new address", got)
	}
	s.signal(netip.MustParseAddrPort("0.0.0.0:4000"), router)
	if s.destination().IsValid() {
		t.Errorf("sends to %v on an old-fashioned hold", s.destination())
	}
}
