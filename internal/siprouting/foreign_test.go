package siprouting

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

// zone is a name service.
type zone map[string]string

func (z zone) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr(z[host])}, nil
}

// TestTrunksOfApplicationsLeadNowhereInside asks that the name of a trunk which leads
// to this machine makes nobody a caller.
func TestTrunksOfApplicationsLeadNowhereInside(t *testing.T) {
	names := zone{"sbc.evil.example": "127.0.0.1", "sbc.good.example": "8.8.8.8"}
	f := newFixture(t, store.InMemory(), func(c *Config) {
		c.Trunks, c.Routes = []trunk.Trunk{provider()}, nil
		c.Resolver, c.Allow = names, outbound.Rule{RefusePrivate: true}.Check()
	})
	f.patch(t, `{"trunks":{"sbc.evil.example":{"sipSignalingPort":5061},"sbc.good.example":{"sipSignalingPort":5061}}}`)
	f.Close()
	_ = f.table.Refresh(t.Context(), names)
	if f.table.Knows(netip.MustParseAddr("127.0.0.1")) {
		t.Error("this machine may call in")
	}
	if !f.table.Knows(netip.MustParseAddr("8.8.8.8")) {
		t.Error("a trunk on the Internet may not")
	}
}

// TestTrunksOfApplicationsTakeSRTP: border controllers that are set up for ACS offer nothing else.
func TestTrunksOfApplicationsTakeSRTP(t *testing.T) {
	f := inMemory(t)
	f.patch(t, `{"trunks":{"sbc.example.com":{"sipSignalingPort":5061}}}`)
	for _, each := range f.table.Trunks() {
		if each.Name == "sbc.example.com" && each.SRTP != trunk.Optional {
			t.Errorf("SRTP is %s", each.SRTP)
		}
	}
}

// TestTrunksOfApplicationsArePinged: the real service asks border controllers whether they are
// there, and leaves out those that do not answer.
func TestTrunksOfApplicationsArePinged(t *testing.T) {
	f := inMemory(t)
	f.patch(t, `{"trunks":{"sbc.example.com":{"sipSignalingPort":5061}}}`)
	for _, each := range f.table.Trunks() {
		if each.Name == "sbc.example.com" && each.Ping != time.Minute {
			t.Errorf("OPTIONS are sent every %s", each.Ping)
		}
	}
}

// unowned is an inventory without numbers.
type unowned struct{}

func (unowned) Owns(string) bool                      { return false }
func (unowned) Calls(string) (outbound, inbound bool) { return false, false }

// TestRulesFollowTheHost asks that a second trunk at a provider's host, by the same
// name or by another, shares its limit.
func TestRulesFollowTheHost(t *testing.T) {
	names := zone{"sip.provider.example": "8.8.8.8", "alias.example": "8.8.8.8"}
	f := newFixture(t, store.InMemory(), func(c *Config) {
		limited := trunk.Trunk{Name: "carrier", Host: "sip.provider.example", MaxCalls: 1, CallerIDs: trunk.CallerIDs{Any: true}}
		c.Trunks, c.Routes, c.Resolver = []trunk.Trunk{limited}, nil, names
	})
	f.patch(t, `{"trunks":{"sip.provider.example":{"sipSignalingPort":5061},"alias.example":{"sipSignalingPort":5061}}}`)
	f.Close()
	if err := f.table.Refresh(t.Context(), names); err != nil {
		t.Fatal(err)
	}
	rules, err := permit.New(permit.Config{Numbers: unowned{}, Trunks: f.table})
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, through := range f.table.Trunks() {
		if _, err := rules.AdmitInbound(through); err == nil {
			taken++
		}
	}
	if n := len(f.table.Trunks()); n != 3 || taken != 1 {
		t.Errorf("%d trunks carry %d calls, want 3 and 1", n, taken)
	}
}

// TestOperatorForbidsOtherTrunks asks that only trunks of the file can be changed.
func TestOperatorForbidsOtherTrunks(t *testing.T) {
	f := newFixture(t, store.InMemory(), func(c *Config) { c.FileTrunksOnly = true })
	t.Cleanup(f.Close)
	f.send(t, "PATCH", newest, `{"trunks":{"sbc.evil.example":{"sipSignalingPort":5061}}}`, 422)
	f.patch(t, `{"trunks":{"sip.provider.example":{"enabled":false}}}`)
}

// TestRulesOutliveTheRemovedTrunk asks that an alias of a provider's host has the
// provider's limit also when an application has removed the provider's trunk.
func TestRulesOutliveTheRemovedTrunk(t *testing.T) {
	names := zone{"sip.provider.example": "8.8.8.8", "alias.example": "8.8.8.8", "other.example": "8.8.8.8"}
	var table *trunk.Table
	f := newFixture(t, store.InMemory(), func(c *Config) {
		limited := trunk.Trunk{Name: "sip.provider.example", Host: "sip.provider.example", MaxCalls: 1, CallerIDs: trunk.CallerIDs{Any: true}}
		c.Trunks, c.Routes, c.Resolver = []trunk.Trunk{limited}, nil, names
		var err error
		if table, err = trunk.NewTable(c.Trunks, nil); err != nil {
			t.Fatal(err)
		}
		c.Table = table
	})
	f.patch(t, `{"trunks":{"sip.provider.example":null,"alias.example":{"sipSignalingPort":5061},"other.example":{"sipSignalingPort":5061}}}`)
	f.Close()
	if err := table.Refresh(t.Context(), names); err != nil {
		t.Fatal(err)
	}
	rules, err := permit.New(permit.Config{Numbers: unowned{}, Trunks: table})
	if err != nil {
		t.Fatal(err)
	}
	if _, known := table.From(netip.MustParseAddr("8.8.8.9")); known {
		t.Error("a stranger may call in")
	}
	taken := 0
	for _, through := range table.Trunks() {
		if _, err := rules.AdmitInbound(through); err == nil {
			taken++
		}
	}
	if n := len(table.Trunks()); n != 2 || taken != 1 {
		t.Errorf("%d trunks carry %d calls, want 2 and 1", n, taken)
	}
}
