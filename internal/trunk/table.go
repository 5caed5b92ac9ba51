package trunk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// ErrNoRoute says that no route takes a number.
var ErrNoRoute = errors.New("no pattern of a route matches")

// Table is all trunks and routes. It is safe for use by many goroutines; a new
// configuration replaces everything at once by Set.
type Table struct {
	mu       sync.RWMutex
	operator []*Trunk // those of the configuration, in use or not: RuledAs
	setting
}

// setting is what Set replaces, and the addresses that were looked up since.
type setting struct {
	trunks   []*Trunk
	inbound  map[string]*Trunk // by InboundUsername
	routes   []compiled
	plans    []Plan                  // of the trunks that are called
	resolved map[*Trunk][]netip.Addr // the addresses of Host
	missed   map[*Trunk]time.Time    // since when Host, a name that had addresses, does not exist
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
	next, err := newSetting(trunks, routes)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, old := range t.trunks {
		for _, trunk := range next.trunks {
			if known, _ := trunk.Permitted(t.resolved[old]); trunk.Host == old.Host && len(known) > 0 {
				next.resolved[trunk] = known
				next.miss(trunk, t.missed[old])
			}
		}
	}
	for _, ruling := range t.operator {
		if known := t.resolved[ruling]; len(known) > 0 {
			next.resolved[ruling] = known
			next.miss(ruling, t.missed[ruling])
		}
	}
	t.setting = next
	return nil
}

// miss notes since when the host of a trunk does not exist; the zero Time notes nothing.
func (s *setting) miss(t *Trunk, since time.Time) {
	if !since.IsZero() {
		s.missed[t] = since
	}
}

// newSetting checks trunks and routes. Hosts that are addresses need not be looked up.
func newSetting(trunks []Trunk, routes []Route) (s setting, err error) {
	s = setting{inbound: make(map[string]*Trunk), resolved: make(map[*Trunk][]netip.Addr), missed: make(map[*Trunk]time.Time)}
	byName := make(map[string]*Trunk, len(trunks))
	for _, trunk := range trunks {
		if err := trunk.check(); err != nil {
			return s, err
		}
		if byName[trunk.Name] != nil {
			return s, fmt.Errorf("two trunks are named %s", trunk.Name)
		}
		if name := trunk.InboundUsername; name != "" {
			if other := s.inbound[name]; other != nil {
				return s, fmt.Errorf("trunks %s and %s have the same inbound user name", other.Name, trunk.Name)
			}
			s.inbound[name] = &trunk
		}
		if address, err := netip.ParseAddr(trunk.Host); err == nil {
			s.resolved[&trunk] = []netip.Addr{address.Unmap()}
		}
		byName[trunk.Name] = &trunk
		s.trunks = append(s.trunks, &trunk)
	}
	if len(routes) > maxRoutes {
		return s, fmt.Errorf("%d routes; at most %d are possible", len(routes), maxRoutes)
	}
	for _, route := range routes {
		c, err := route.compile(byName)
		if err != nil {
			return s, err
		}
		s.routes = append(s.routes, c)
	}
	s.plans = plans(s.trunks)
	return s, nil
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

// Callable returns all trunks that can be called through, in their order. An error is ErrNoRoute.
func (t *Table) Callable() ([]*Trunk, error) { return callable(t.Trunks()) }

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

// Trunks returns all trunks.
func (t *Table) Trunks() []*Trunk {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.trunks
}

// Routes returns all routes, in their order.
func (t *Table) Routes() []Route {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make([]Route, len(t.routes))
	for i, r := range t.routes {
		list[i] = Route{Name: r.name, Pattern: r.pattern.compiled.String()}
		for _, trunk := range r.trunks {
			list[i].Trunks = append(list[i].Trunks, trunk.Name)
		}
	}
	return list
}
