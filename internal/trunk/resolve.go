package trunk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
)

// Resolver looks up the addresses of a host; net.DefaultResolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Locator finds a trunk's addresses by more than its name. A Resolver may be one.
type Locator interface {
	Locate(ctx context.Context, t *Trunk) ([]netip.Addr, error)
}

// keptMissing is how long a host whose name does not exist any more keeps its addresses, which
// somebody else may have by then. A name service that does not answer takes nothing away.
const keptMissing = 24 * time.Hour

// Refresh looks up the hosts of trunks that are names, so that they are known. A host that
// cannot be found keeps the addresses it had, for keptMissing where its name does not exist;
// the error names all such hosts. A nil resolver is the system's.
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
			failed = append(failed, fmt.Errorf("look up trunk %s: %w", trunk.Name, t.notFound(trunk, err)))
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
			delete(t.missed, trunk)
		}
		t.mu.Unlock()
	}
	return errors.Join(failed...)
}

// notFound is a failure to look up a trunk's host. Where that has not existed for too long, the
// trunk has no addresses from then on: nobody calls in as the trunk by its old ones.
func (t *Table) notFound(trunk *Trunk, err error) error {
	var failure *net.DNSError
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	since, before := t.missed[trunk]
	switch {
	case !errors.As(err, &failure) || !failure.IsNotFound || len(t.resolved[trunk]) == 0:
	case !before:
		t.missed[trunk] = now
	case now.Sub(since) >= keptMissing:
		delete(t.resolved, trunk)
		delete(t.missed, trunk)
		return fmt.Errorf("its addresses are forgotten, since the name has not existed for %s: %w", keptMissing, err)
	}
	return err
}

// locate looks up the addresses of a trunk.
func locate(ctx context.Context, resolver Resolver, t *Trunk) ([]netip.Addr, error) {
	if locator, ok := resolver.(Locator); ok {
		return locator.Locate(ctx, t)
	}
	return resolver.LookupNetIP(ctx, "ip", t.Host)
}
