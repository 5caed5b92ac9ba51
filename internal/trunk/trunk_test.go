package trunk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func table(t *testing.T, routes ...Route) *Table {
	t.Helper()
	made, err := NewTable([]Trunk{
		{Name: "a", Host: "192.0.2.1"},
		{Name: "b", Host: "192.0.2.2", Sources: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}},
		{Name: "c", Host: "sip.example.com", Transport: TLS},
		Loopback(0),
	}, routes)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func names(trunks []*Trunk) (list []string) {
	for _, trunk := range trunks {
		list = append(list, trunk.Name)
	}
	return list
}

// TestRouteIsAChainOfTrunks asks for the fallback chain of a number.
func TestRouteIsAChainOfTrunks(t *testing.T) {
	routed := table(t,
		Route{Name: "france", Pattern: `^\+33\d+$`, Trunks: []string{"a"}},
		Route{Name: "toll free, but not premium", Pattern: `^\+1(?!900)8\d\d`, Trunks: []string{"c", "a"}},
		Route{Name: "world", Pattern: `^\+(?<country>1|33)`, Trunks: []string{"b"}},
	)
	tests := []struct {
		number string
		want   []string
	}{
		{"+33155501234", []string{"a", "b"}},
		{"+18005550100", []string{"a", "c", "b"}}, // a and c in random order
		{"+19005550100", []string{"b"}},
		{"+4930123456", nil},
	}
	for _, test := range tests {
		found, err := routed.Route(test.number)
		got := names(found)
		if len(got) == 3 {
			slices.Sort(got[:2])
		}
		if !slices.Equal(got, test.want) || (test.want == nil) != errors.Is(err, ErrNoRoute) {
			t.Errorf("Route(%s) = %v, %v; want %v", test.number, got, err, test.want)
		}
	}
}

// TestTrunksOfARouteAreTriedInRandomOrder asks that both orders occur.
func TestTrunksOfARouteAreTriedInRandomOrder(t *testing.T) {
	routed := table(t, Route{Name: "all", Trunks: []string{"a", "b"}})
	first := map[string]int{}
	for range 200 {
		found, err := routed.Route("+1")
		if err != nil || len(found) != 2 {
			t.Fatal(found, err)
		}
		first[found[0].Name]++
	}
	if first["a"] == 0 || first["b"] == 0 {
		t.Errorf("first were %v", first)
	}
}

// TestWithoutRoutesEveryNumberGoesThroughEveryTrunk asks for the default.
func TestWithoutRoutesEveryNumberGoesThroughEveryTrunk(t *testing.T) {
	found, err := table(t).Route("100")
	if got := names(found); err != nil || !slices.Equal(got, []string{"a", "b", "c", "loopback"}) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestEndlessPatternTakesNothing asks that a pattern cannot stall routing.
func TestEndlessPatternTakesNothing(t *testing.T) {
	routed := table(t, Route{Name: "evil", Pattern: `^(\d+)+$`, Trunks: []string{"a"}})
	if found, err := routed.Route(strings.Repeat("1", 40) + "x"); !errors.Is(err, ErrNoRoute) {
		t.Errorf("got %v, %v", names(found), err)
	}
}

// TestCallerIsTheTrunkOfItsAddress asks who is calling in.
func TestCallerIsTheTrunkOfItsAddress(t *testing.T) {
	made := table(t)
	if err := made.Refresh(t.Context(), hosts{"sip.example.com": "203.0.113.5"}); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"192.0.2.1": "a", "198.51.100.77": "b", "203.0.113.5": "c", "127.0.0.9": "loopback", "::1": "loopback",
		"::ffff:192.0.2.1": "a", // an IPv4 caller on a socket of both families
		"192.0.2.2":        "",  // b names its sources, and its host is none of them
		"203.0.113.6":      "",
	} {
		got, ok := made.From(netip.MustParseAddr(address))
		if ok != (want != "") || ok && got.Name != want {
			t.Errorf("From(%s) = %v, %v; want %q", address, got, ok, want)
		}
	}
}

// TestHostThatMayNotCallInIsStillKnown asks that a trunk's answers are heard.
func TestHostThatMayNotCallInIsStillKnown(t *testing.T) {
	made := table(t)
	for address, want := range map[string]bool{"192.0.2.2": true, "198.51.100.77": true, "192.0.2.3": false} {
		if got := made.Knows(netip.MustParseAddr(address)); got != want {
			t.Errorf("Knows(%s) = %v", address, got)
		}
	}
}

// TestNarrowestSourceWins asks for the trunk that names the caller best.
func TestNarrowestSourceWins(t *testing.T) {
	made, err := NewTable([]Trunk{
		{Name: "wide", Host: "a.example", Sources: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		{Name: "narrow", Host: "b.example", Sources: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := made.From(netip.MustParseAddr("10.1.2.3")); got == nil || got.Name != "narrow" {
		t.Errorf("got %v", got)
	}
}

// TestSetKeepsTheAddressesOfHosts asks that a new table cuts nobody off until
// names are looked up again.
func TestSetKeepsTheAddressesOfHosts(t *testing.T) {
	made := table(t)
	if err := made.Refresh(t.Context(), hosts{"sip.example.com": "203.0.113.5"}); err != nil {
		t.Fatal(err)
	}
	if err := made.Set([]Trunk{{Name: "renamed", Host: "sip.example.com"}, {Name: "new", Host: "new.example.com"}}, nil); err != nil {
		t.Fatal(err)
	}
	if got, ok := made.From(netip.MustParseAddr("203.0.113.5")); !ok || got.Name != "renamed" {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, ok := made.From(netip.MustParseAddr("192.0.2.1")); ok {
		t.Errorf("a trunk that is gone is still there: %v", got)
	}
}

// TestPatternsAreOfDotNet asks for what Go's own expressions do not have, and
// for the documentation's patterns.
func TestPatternsAreOfDotNet(t *testing.T) {
	for _, test := range []struct {
		pattern, number string
		want            bool
	}{
		{`^\+(?!1900)`, "+18005550100", true}, {`^\+(?!1900)`, "+19005550100", false},
		{`^+[1-9][0-9]{3,23}$`, "15550100", true}, {`(?<cc>^\+33)`, "+33155501234", true},
		{``, "anything", true}, {`^(\d+)+$`, strings.Repeat("1", 40) + "x", false},
	} {
		pattern, err := NewPattern(test.pattern)
		if err != nil || pattern.Matches(test.number) != test.want {
			t.Errorf("%q on %q: want %v; %v", test.pattern, test.number, test.want, err)
		}
	}
	if _, err := NewPattern("("); err == nil {
		t.Error("a broken pattern compiles")
	}
}

// TestFailedLookupKeepsTheAddresses asks that a name server's bad day cuts nobody off.
func TestFailedLookupKeepsTheAddresses(t *testing.T) {
	made := table(t)
	if err := made.Refresh(t.Context(), hosts{"sip.example.com": "203.0.113.5"}); err != nil {
		t.Fatal(err)
	}
	if err := made.Refresh(t.Context(), hosts{}); err == nil || !strings.Contains(err.Error(), "trunk c") {
		t.Errorf("got %v, want an error that names trunk c", err)
	}
	if _, ok := made.From(netip.MustParseAddr("203.0.113.5")); !ok {
		t.Error("the address is forgotten")
	}
}

// TestHostThatIsNoMoreIsForgotten: somebody else may have its addresses after a day. A name
// service that does not answer says nothing of that.
func TestHostThatIsNoMoreIsForgotten(t *testing.T) {
	for name, test := range map[string]struct {
		failure net.DNSError
		keeps   bool
	}{
		"the name does not exist": {net.DNSError{Err: "no such host", IsNotFound: true}, false},
		"nobody answers":          {net.DNSError{Err: "i/o timeout", IsTimeout: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				trunks, address := []Trunk{{Name: "c", Host: "sip.example.com", Transport: TLS}}, netip.MustParseAddr("203.0.113.5")
				made, err := NewTable(trunks, nil)
				if err == nil {
					err = made.Refresh(t.Context(), hosts{"sip.example.com": "203.0.113.5"})
				}
				if err != nil {
					t.Fatal(err)
				}
				knows := func(want bool, when string) {
					t.Helper()
					if err := made.Refresh(t.Context(), failing{&test.failure}); err == nil {
						t.Error("the error is not told")
					}
					if _, ok := made.From(address); ok != want {
						t.Errorf("%s the address is known: %v", when, ok)
					}
				}
				knows(true, "at first")
				time.Sleep(keptMissing - time.Minute)
				knows(true, "before a day is over")
				if err := made.Set(trunks, nil); err != nil { // a change elsewhere begins no other day
					t.Fatal(err)
				}
				time.Sleep(2 * time.Minute)
				knows(test.keeps, "after a day")
				if err := made.Refresh(t.Context(), hosts{"sip.example.com": "203.0.113.5"}); err != nil {
					t.Fatal(err)
				}
				knows(true, "when it is back")
			})
		})
	}
}

// failing is a resolver that always fails.
type failing struct{ why *net.DNSError }

func (f failing) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, f.why
}

type hosts map[string]string

func (h hosts) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	address, ok := h[host]
	if !ok {
		return nil, fmt.Errorf("no such host %s", host)
	}
	return []netip.Addr{netip.MustParseAddr(address)}, nil
}

// TestBadConfigurationIsRefused asks for errors that name the culprit.
func TestBadConfigurationIsRefused(t *testing.T) {
	good := Trunk{Name: "a", Host: "192.0.2.1"}
	tests := []struct {
		name   string
		trunks []Trunk
		routes []Route
		want   string
	}{
		{"no host", []Trunk{{Name: "x"}}, nil, "trunk x"},
		{"no name", []Trunk{{Host: "192.0.2.1"}}, nil, "name"},
		{"a strange transport", []Trunk{{Name: "x", Host: "h", Transport: "sctp"}}, nil, "sctp"},
		{"a strange port", []Trunk{{Name: "x", Host: "h", Port: 70000}}, nil, "70000"},
		{"a host with a port", []Trunk{{Name: "x", Host: "127.0.0.1:5080"}}, nil, "a port belongs in port"},
		{"a name with a port", []Trunk{{Name: "x", Host: "sip.example.com:5060", Port: 5060}}, nil, "a port belongs in port"},
		{"an address as of a URI", []Trunk{{Name: "x", Host: "[2001:db8::1]"}}, nil, "no brackets"},
		{"an injecting host", []Trunk{{Name: "x", Host: "h\r\nVia: y"}}, nil, "neither"},
		{"half encrypted", []Trunk{{Name: "x", Host: "h", SRTP: "maybe"}}, nil, "maybe"},
		{"odd packets", []Trunk{{Name: "x", Host: "h", PTime: 25 * time.Millisecond}}, nil, "25ms"},
		{"half a transfer", []Trunk{{Name: "x", Host: "h", Refer: "perhaps"}}, nil, "perhaps"},
		{"half a permission", []Trunk{{Name: "x", Host: "h", AcceptRefer: "some"}}, nil, "some"},
		{"twins", []Trunk{good, good}, nil, "two trunks"},
		{"an unknown trunk", []Trunk{good}, []Route{{Name: "r", Trunks: []string{"b"}}}, `"b"`},
		{"a broken pattern", []Trunk{good}, []Route{{Name: "r", Pattern: "("}}, "route r"},
		{"a long name", []Trunk{good}, []Route{{Name: strings.Repeat("é", 257)}}, "too long"},
		{"a long pattern", []Trunk{good}, []Route{{Name: "r", Pattern: strings.Repeat("1", 2000)}}, "too long"},
	}
	for _, test := range tests {
		if _, err := NewTable(test.trunks, test.routes); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.name, err, test.want)
		}
	}
}

// TestPasswordIsNeverPrinted asks logs and formats.
func TestPasswordIsNeverPrinted(t *testing.T) {
	trunk := Trunk{Name: "a", Host: "h", Password: "hunter2"}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("x", "trunk", &trunk, "value", trunk, "password", trunk.Password)
	fmt.Fprintf(&out, "%v %+v %#v %s", trunk, trunk, trunk, trunk.Password)
	if strings.Contains(out.String(), "hunter2") {
		t.Error(out.String())
	}
}

func BenchmarkRoute(b *testing.B) {
	made, err := NewTable([]Trunk{{Name: "a", Host: "192.0.2.1"}}, []Route{{Name: "fr", Pattern: `^\+33`, Trunks: []string{"a"}}, {Name: "all", Trunks: []string{"a"}}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := made.Route("+33155501234"); err != nil {
			b.Fatal(err)
		}
	}
}

// TestTrunkThatOnlyCallsInIsNotCalled asks that it needs no host and gets no calls.
func TestTrunkThatOnlyCallsInIsNotCalled(t *testing.T) {
	inbound := Trunk{Name: "roaming", InboundUsername: "alice", InboundPassword: "secret"}
	made, err := NewTable([]Trunk{inbound, {Name: "a", Host: "192.0.2.1"}}, []Route{{Name: "r", Trunks: []string{"roaming", "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := made.Route("+1"); err != nil || !slices.Equal(names(found), []string{"a"}) {
		t.Errorf("got %v, %v", names(found), err)
	}
	if found, ok := made.Inbound("alice"); !ok || found.Name != "roaming" || !made.Authenticates() {
		t.Errorf("got %v", found)
	}
	twin := inbound
	twin.Name = "twin"
	if err := made.Set([]Trunk{inbound, twin}, nil); err == nil {
		t.Error("two trunks have one inbound user name")
	}
}
