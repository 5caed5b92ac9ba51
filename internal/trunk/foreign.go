package trunk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Permitted leaves out the addresses of the host that the trunk must not have. An
// error says why none is left.
func (t *Trunk) Permitted(found []netip.Addr) (list []netip.Addr, err error) {
	if t.Allow == nil {
		return found, nil
	}
	for _, address := range found {
		if refused := t.Allow(address.Unmap()); refused != nil {
			err = fmt.Errorf("host %s: %w", t.Host, refused)
			continue
		}
		list = append(list, address)
	}
	if len(list) > 0 {
		return list, nil
	}
	return nil, err
}

// SameHost compares names of hosts.
func SameHost(a, b string) bool {
	return a != "" && strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// RuledAs returns the trunk whose limits and guards count for a trunk: where an
// application named it, the operator's that has its host or one of its addresses.
func (t *Table) RuledAs(of *Trunk) *Trunk {
	if !of.Foreign {
		return of
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, other := range slices.Concat(t.trunks, t.outOfUse()) {
		if other.Foreign {
			continue
		}
		shared := slices.ContainsFunc(t.resolved[of], func(a netip.Addr) bool { return t.belongs(a, other) })
		if shared || SameHost(of.Host, other.Host) || SameHost(of.Host, other.Domain) {
			return other
		}
	}
	return of
}

// outOfUse are the operator's trunks that an application has removed. mu is held.
func (t *Table) outOfUse() (list []*Trunk) {
	for _, removed := range t.operator {
		if !slices.ContainsFunc(t.trunks, func(used *Trunk) bool { return used.Name == removed.Name }) {
			list = append(list, removed)
		}
	}
	return list
}
