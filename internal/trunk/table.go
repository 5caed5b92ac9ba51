package trunk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// ErrNoRoute says that no route takes a number.
var ErrNoRoute = errors.New("no pattern of a route matches")

// Table is all trunks and routes. It is safe for use by many goroutines; a new
// configuration replaces everything at once by Set.
type Table struct {
	mu       sync.RWMutex
	trunks   []*Trunk
	operator []*Trunk          // those of the configuration, in use or not: RuledAs
	inbound  map[string]*Trunk // by InboundUsername
	routes   []compiled
	plans    []Plan                  // of the trunks that are called
	resolved map[*Trunk][]netip.Addr // the addresses of Host
}

// NewTable makes a table. Without any route, every number goes through every
// trunk in their order. The rules of these trunks go on for trunks of applications at their
// hosts, when Set has taken them out of use.
func NewTable(trunks []Trunk, routes []Route) (*Table, error) {
	t := &Table{}
	if err := t.Set(trunks, routes); err != nil {
		return t, err
	}
	t.operator = t.trunks
	return t, nil
}

// Set replaces all trunks and routes; after an error the table is as before.
// The hosts of new trunks are looked up at the next Refresh; a host that the
// table had keeps its addresses until then, so that a change elsewhere cuts
// nobody off.
func (t *Table) Set(trunks []Trunk, routes []Route) error {
	byName := make(map[string]*Trunk, len(trunks))
	list := make([]*Trunk, 0, len(trunks))
	inbound := make(map[string]*Trunk)
	for _, trunk := range trunks {
		if err := trunk.check(); err != nil {
			return err
		}
		if byName[trunk.Name] != nil {
			return fmt.Errorf("two trunks are named %s", trunk.Name)
		}
		if name := trunk.InboundUsername; name != "" {
			if other := inbound[name]; other != nil {
				return fmt.Errorf("trunks %s and %s have the same inbound user name", other.Name, trunk.Name)
			}
			inbound[name] = &trunk
		}
		byName[trunk.Name] = &trunk
		list = append(list, &trunk)
	}
	if len(routes) > maxRoutes {
		return fmt.Errorf("%d routes; at most %d are possible", len(routes), maxRoutes)
	}
	var ready []compiled
	for _, route := range routes {
		c, err := route.compile(byName)
		if err != nil {
			return err
		}
		ready = append(ready, c)
	}
	resolved := make(map[*Trunk][]netip.Addr)
	for _, trunk := range list {
		if address, err := netip.ParseAddr(trunk.Host); err == nil {
			resolved[trunk] = []netip.Addr{address.Unmap()}
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, old := range t.trunks {
		for _, trunk := range list {
			if known, _ := trunk.Permitted(t.resolved[old]); trunk.Host == old.Host && len(known) > 0 {
				resolved[trunk] = known
			}
		}
	}
	for _, ruling := range t.operator {
		if known := t.resolved[ruling]; len(known) > 0 {
			resolved[ruling] = known
		}
	}
	t.trunks, t.routes, t.plans, t.resolved, t.inbound = list, ready, plans(list), resolved, inbound
	return nil
}

// Route returns the trunks to try for a number, in their order: all matching
// routes in list order, the trunks of each in random order, no trunk twice. An
// error is ErrNoRoute.
func (t *Table) Route(number string) ([]*Trunk, error) {
	t.mu.RLock()
	trunks, routes := t.trunks, t.routes
	t.mu.RUnlock()
	if len(routes) == 0 && len(trunks) > 0 {
		return callable(trunks)
	}
	var found []*Trunk
	budget := NewBudget()
	for i := range routes {
		if i > 0 && budget.Spent() {
			return nil, fmt.Errorf("%w: its patterns took longer than %s", ErrNoRoute, decisionTime)
		}
		if !routes[i].pattern.Matches(number) {
			continue
		}
		// Random order inside a route shares the load, as ACS does.
		for _, n := range rand.Perm(len(routes[i].trunks)) {
			if trunk := routes[i].trunks[n]; !slices.Contains(found, trunk) {
				found = append(found, trunk)
			}
		}
	}
	return callable(found)
}

// callable leaves out the trunks that only call in.
func callable(trunks []*Trunk) (list []*Trunk, err error) {
	for _, trunk := range trunks {
		if trunk.Host != "" {
			list = append(list, trunk)
		}
	}
	if len(list) == 0 {
		return nil, ErrNoRoute
	}
	return list, nil
}

// Inbound returns the trunk that callers with a user name may call in as, once
// they have shown its password.
func (t *Table) Inbound(username string) (*Trunk, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	found, ok := t.inbound[username]
	return found, ok
}

// Authenticates reports whether any trunk lets callers in by credentials.
func (t *Table) Authenticates() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.inbound) > 0
}

// From returns the trunk that an address may call in as; false is a stranger.
// Where several trunks allow it, the one with the narrowest source wins.
func (t *Table) From(address netip.Addr) (*Trunk, bool) {
	address = address.Unmap().WithZone("")
	t.mu.RLock()
	defer t.mu.RUnlock()
	var best *Trunk
	width := -1
	for _, trunk := range t.trunks {
		for _, source := range trunk.Sources {
			if source.Bits() > width && source.Contains(address) {
				best, width = trunk, source.Bits()
			}
		}
		if len(trunk.Sources) == 0 && address.BitLen() > width && slices.Contains(t.resolved[trunk], address) {
			best, width = trunk, address.BitLen()
		}
	}
	return best, best != nil
}

// Knows reports whether an address belongs to any trunk: as one that may call
// in, or as one that we call and that answers.
func (t *Table) Knows(address netip.Addr) bool {
	if _, ok := t.From(address); ok {
		return true
	}
	address = address.Unmap().WithZone("")
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, trunk := range t.trunks {
		if slices.Contains(t.resolved[trunk], address) {
			return true
		}
	}
	return false
}

// Reaches reports whether a host, an address or a name, is one of a trunk that has the
// address: among its sources, or as its host or domain.
func (t *Table) Reaches(address netip.Addr, host string) bool {
	address = address.Unmap().WithZone("")
	other, err := netip.ParseAddr(host)
	other = other.Unmap().WithZone("")
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, trunk := range t.trunks {
		isOf := func(a netip.Addr) bool {
			return slices.Contains(t.resolved[trunk], a) || slices.ContainsFunc(trunk.Sources, func(p netip.Prefix) bool { return p.Contains(a) })
		}
		if !isOf(address) {
			continue
		}
		if err == nil && isOf(other) || err != nil && host != "" && (strings.EqualFold(host, trunk.Host) || strings.EqualFold(host, trunk.Domain)) {
			return true
		}
	}
	return false
}

// Resolver looks up the addresses of a host; net.DefaultResolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Locator finds a trunk's addresses by more than its name. A Resolver may be one.
type Locator interface {
	Locate(ctx context.Context, t *Trunk) ([]netip.Addr, error)
}

// Trunks returns all trunks.
func (t *Table) Trunks() []*Trunk {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.trunks
}

// Refresh looks up the hosts of trunks that are names, so that they are known. A host that cannot be found keeps the addresses it had; the error names
// all such hosts. A nil resolver is the system's.
func (t *Table) Refresh(ctx context.Context, resolver Resolver) error {
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	t.mu.RLock()
	trunks := slices.Concat(t.trunks, t.outOfUse())
	t.mu.RUnlock()
	var failed []error
	for _, trunk := range trunks {
		if _, err := netip.ParseAddr(trunk.Host); err == nil || trunk.Host == "" {
			continue
		}
		found, err := []netip.Addr(nil), error(nil)
		if locator, ok := resolver.(Locator); ok {
			found, err = locator.Locate(ctx, trunk)
		} else {
			found, err = resolver.LookupNetIP(ctx, "ip", trunk.Host)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("look up trunk %s: %w", trunk.Name, err))
			continue
		}
		for i := range found {
			found[i] = found[i].Unmap()
		}
		if found, err = trunk.Permitted(found); err != nil {
			failed = append(failed, fmt.Errorf("trunk %s: %w", trunk.Name, err))
		}
		t.mu.Lock()
		if slices.Contains(t.trunks, trunk) || slices.Contains(t.operator, trunk) {
			t.resolved[trunk] = found
		}
		t.mu.Unlock()
	}
	return errors.Join(failed...)
}
