package trunk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// Resolver looks up the addresses of a host; net.DefaultResolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Locator finds a trunk's addresses by more than its name. A Resolver may be one.
type Locator interface {
	Locate(ctx context.Context, t *Trunk) ([]netip.Addr, error)
}

// Refresh looks up the hosts of trunks that are names, so that they are known. A host that
// cannot be found keeps the addresses it had; the error names all such hosts. A nil resolver
// is the system's.
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
		found, err := locate(ctx, resolver, trunk)
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

// locate looks up the addresses of a trunk.
func locate(ctx context.Context, resolver Resolver, t *Trunk) ([]netip.Addr, error) {
	if locator, ok := resolver.(Locator); ok {
		return locator.Locate(ctx, t)
	}
	return resolver.LookupNetIP(ctx, "ip", t.Host)
}
