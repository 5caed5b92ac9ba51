package sip

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Resolver looks names up; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// How long an answer of the name service counts. The system's resolver does not
// tell the records' own times, so these bound them.
const (
	freshFor = time.Minute
	emptyFor = 5 * time.Second // and so long a failure
	// What is found no more still counts, and the name service is asked again that often: calls
	// do not wait for one that is silent (RFC 8767 §5).
	staleFor   = 24 * time.Hour
	recheckFor = 30 * time.Second
)

const (
	maxPlaces  = 8    // addresses of one trunk that are tried
	maxLocated = 4096 // names that are remembered
)

// locator finds the addresses of trunks: SRV records and their targets where no
// port is given, else the name's own addresses (RFC 3263 §4).
type locator struct {
	resolver Resolver
	known    *expiring.Map[lookupKey, lookupResult]
	silent   silentPlaces
}

func newLocator(r Resolver) *locator {
	return &locator{r, expiring.New(expiring.Config[lookupKey, lookupResult]{TTL: staleFor, Entries: maxLocated}), newSilentPlaces()}
}

type lookupKey struct {
	host      string
	port      int
	transport trunk.Transport
	service   bool
}

func keyOf(t *trunk.Trunk) lookupKey {
	return lookupKey{t.Host, t.Port, t.Transport, t.ByService()}
}

type lookupResult struct {
	places []netip.AddrPort
	err    error
	at     time.Time
	tried  time.Time // when it was asked for again, without success so far; zero: never
	lost   error     // why it was not found again; nil: it was, or nobody has asked
}

// find returns the places at which a trunk can be reached, the best first, and those that
// have not answered lately last; without those that a trunk of an application must not have.
func (l *locator) find(ctx context.Context, t *trunk.Trunk) ([]netip.AddrPort, error) {
	found, err := l.located(ctx, t)
	l.silent.putLast(t, found)
	if err != nil || t.Allow == nil {
		return found, err
	}
	var refused error
	list := slices.DeleteFunc(found, func(place netip.AddrPort) bool {
		_, err := t.Permitted([]netip.Addr{place.Addr()})
		if err != nil {
			refused = err
		}
		return err != nil
	})
	if len(list) == 0 {
		return nil, refused
	}
	return list, nil
}

// located is what the name service says, now or a while ago.
func (l *locator) located(ctx context.Context, t *trunk.Trunk) ([]netip.AddrPort, error) {
	if address, err := netip.ParseAddr(t.Host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(address.Unmap(), uint16(t.Port))}, nil
	}
	key, now := keyOf(t), time.Now()
	before, ok := l.known.Get(key, now)
	if age := now.Sub(before.at); ok && (before.err == nil && age < freshFor || before.err != nil && age < emptyFor) {
		return slices.Clone(before.places), before.err
	}
	key.host = strings.Clone(key.host) // which may be a part of a message
	if len(before.places) > 0 {
		if now.Sub(before.tried) < recheckFor {
			return slices.Clone(before.places), nil
		}
		before.tried = now
		l.known.PutUntil(key, before, now, before.at.Add(staleFor))
	}
	places, err := l.lookUp(ctx, t)
	if err != nil && len(before.places) > 0 {
		before.lost = err
		l.known.PutUntil(key, before, now, before.at.Add(staleFor))
		return slices.Clone(before.places), nil
	}
	if ctx.Err() == nil {
		l.known.Put(key, lookupResult{places: places, err: err, at: now}, now)
	}
	return slices.Clone(places), err
}

func (l *locator) lookUp(ctx context.Context, t *trunk.Trunk) (places []netip.AddrPort, err error) {
	if t.ByService() {
		service, proto := "sip", string(t.Transport)
		if t.Transport == trunk.TLS {
			service, proto = "sips", "tcp"
		}
		_, records, err := l.resolver.LookupSRV(ctx, service, proto, t.Host)
		if err == nil {
			for _, record := range records[:min(len(records), maxPlaces)] {
				found, _ := l.addresses(ctx, strings.TrimSuffix(record.Target, "."), record.Port)
				places = append(places, found...)
			}
		}
		if len(places) > 0 {
			return places[:min(len(places), maxPlaces)], nil
		}
	}
	places, err = l.addresses(ctx, t.Host, uint16(t.Port))
	return places[:min(len(places), maxPlaces)], err
}

// addresses returns a name's addresses, IPv4 before IPv6.
func (l *locator) addresses(ctx context.Context, host string, port uint16) (places []netip.AddrPort, err error) {
	found, err := l.resolver.LookupNetIP(ctx, "ip", host)
	for i := range found {
		found[i] = found[i].Unmap()
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	for _, address := range found {
		places = append(places, netip.AddrPortFrom(address, port))
	}
	return places, err
}

// LookupNetIP makes the locator a trunk.Resolver.
func (l *locator) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return l.resolver.LookupNetIP(ctx, network, host)
}

// Locate returns a trunk's addresses, for the table of who may call in, which keeps those
// that it has while there is an error: it decides for how long, and tells people of it.
func (l *locator) Locate(ctx context.Context, t *trunk.Trunk) ([]netip.Addr, error) {
	places, err := l.find(ctx, t)
	if kept, ok := l.known.Get(keyOf(t), time.Now()); ok && err == nil {
		err = kept.lost
	}
	var list []netip.Addr
	for _, place := range places {
		list = append(list, place.Addr())
	}
	return list, err
}
