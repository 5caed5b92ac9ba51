package rtp

import (
	"net/netip"
	"testing"
)

var (
	told    = netip.MustParseAddrPort("192.0.2.1:4000")
	natted  = netip.MustParseAddrPort("198.51.100.7:5000")
	unknown = netip.MustParseAddrPort("203.0.113.9:6000")
)

// step is one packet and what must become of it.
type step struct {
	from     netip.AddrPort
	ssrc     uint32
	sequence uint16
	want     verdict
}

func TestWhosePacketsAreTheStream(t *testing.T) {
	for _, test := range []struct {
		name  string
		quiet int // ticks without a packet before the last steps
		steps []step
		then  []step
	}{
		{name: "the announced address is believed at once", steps: []step{
			{told, 1, 10, begun}, {told, 1, 11, newest}, {told, 1, 12, newest}}},
		{name: "another address after two in a row", steps: []step{
			{natted, 1, 10, stray}, {natted, 1, 11, begun}, {natted, 1, 12, newest}}},
		{name: "two strays of different streams are no stream", steps: []step{
			{natted, 1, 10, stray}, {unknown, 2, 11, stray}, {natted, 3, 12, stray}, {natted, 1, 13, stray}}},
		{name: "a stranger cannot take a living stream", steps: []step{
			{told, 1, 10, begun}, {unknown, 2, 90, stray}, {unknown, 2, 91, stray}, {unknown, 2, 92, stray},
			{unknown, 2, 93, stray}, {unknown, 2, 94, stray}, {told, 1, 11, newest}}},
		{name: "the announced address takes over from another", steps: []step{
			{natted, 1, 10, stray}, {natted, 1, 11, begun}, {told, 2, 50, stray}, {told, 2, 51, begun}, {natted, 1, 12, stray}}},
		{name: "a new address with the old stream is believed", steps: []step{
			{told, 1, 10, begun}, {natted, 1, 11, stray}, {natted, 1, 12, newest}, {natted, 1, 13, newest}}},
		{name: "a stranger inherits a silent stream", quiet: silentTicks,
			steps: []step{{told, 1, 10, begun}},
			then:  []step{{unknown, 2, 90, stray}, {unknown, 2, 91, stray}, {unknown, 2, 92, stray}, {unknown, 2, 93, begun}}},
		{name: "but not a merely pausing one", quiet: silentTicks - 1,
			steps: []step{{told, 1, 10, begun}},
			then:  []step{{unknown, 2, 90, stray}, {unknown, 2, 91, stray}, {unknown, 2, 92, stray}, {unknown, 2, 93, stray}}},
		{name: "a new SSRC needs two in a row", steps: []step{
			{told, 1, 10, begun}, {told, 2, 500, stray}, {told, 1, 11, newest}, {told, 2, 600, stray}, {told, 2, 601, begun}}},
		{name: "so does a jump of sequence numbers", steps: []step{
			{told, 1, 10, begun}, {told, 1, 30000, stray}, {told, 1, 11, newest}, {told, 1, 30000, stray}, {told, 1, 30001, begun}}},
		{name: "duplicates and disorder", steps: []step{
			{told, 1, 10, begun}, {told, 1, 12, newest}, {told, 1, 11, older}, {told, 1, 11, twice}, {told, 1, 12, twice}, {told, 1, 10, twice}}},
		{name: "sequence numbers wrap", steps: []step{
			{told, 1, 65534, begun}, {told, 1, 0, newest}, {told, 1, 65535, older}, {told, 1, 65535, twice}, {told, 1, 1, newest}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s source
			s.signal(told)
			run := func(steps []step) {
				for i, step := range steps {
					h := header{ssrc: step.ssrc, sequence: step.sequence}
					if got := s.admit(step.from, h); got != step.want {
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

func TestExpectedCountsThroughWraps(t *testing.T) {
	var s source
	s.signal(told)
	for i := range 200_000 {
		s.admit(told, header{ssrc: 1, sequence: uint16(65000 + i)})
	}
	if s.expected() != 200_000 {
		t.Errorf("expected %d packets", s.expected())
	}
}

func TestChangedDescriptionOpensTheSource(t *testing.T) {
	var s source
	s.signal(told)
	s.admit(told, header{ssrc: 1, sequence: 10})
	s.signal(told)
	if s.destination() != told || !s.from.IsValid() {
		t.Error("the same description forgets the source")
	}
	s.signal(natted)
	if s.destination() != natted {
		t.Errorf("sends to %v after a change to %v", s.destination(), natted)
	}
	if got := s.admit(natted, header{ssrc: 1, sequence: 11}); got != begun {
		t.Errorf("verdict %d on the new address", got)
	}
	s.signal(netip.MustParseAddrPort("0.0.0.0:4000"))
	if s.destination().IsValid() {
		t.Errorf("sends to %v on an old-fashioned hold", s.destination())
	}
}
