package sip

import (
	"net/netip"
	"testing"
)

// TestSourcesAreWrittenAsTheyAre asks for the text of sources that share a place among those
// remembered, again and again.
func TestSourcesAreWrittenAsTheyAre(t *testing.T) {
	var texts sourceTexts
	for _, want := range []string{
		"192.0.2.1:5060", "192.0.2.1:5060", "192.0.2.1:5124", "192.0.3.1:5060", "[2001:db8::1]:5060", "[fe80::1%2]:5060", "[fe80::1%3]:5060", "192.0.2.1:5060", "0.0.0.0:0",
	} {
		if got := texts.of(netip.MustParseAddrPort(want)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { texts.of(netip.MustParseAddrPort("192.0.2.1:5060")) }); n != 0 {
		t.Errorf("%v allocations for one that is known", n)
	}
}
