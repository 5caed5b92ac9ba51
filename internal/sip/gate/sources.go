package gate

import (
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/source"
)

// What unknown sources may send: each host by itself, each site with all of its hosts,
// and all together. What a source sends beyond its first few comes out of another
// bucket than those: a few sources that send as much as they may do not keep others
// from being heard.
var (
	rateEach  = ratelimit.Rate{PerSecond: 10, Burst: 30}
	rateSite  = ratelimit.Rate{PerSecond: 20, Burst: 60}
	rateFirst = ratelimit.Rate{PerSecond: 0.5, Burst: 4}
	rateAll   = ratelimit.Rate{PerSecond: 100, Burst: 200}
	rateHalf  = ratelimit.Rate{PerSecond: rateAll.PerSecond / 2, Burst: rateAll.Burst / 2} // of each of the two buckets
)

// What a subnet may send from which somebody has shown credentials a while ago, and all
// such subnets together. The phones of an office have one address, and sign in at once
// when the power is back: one hundred a second need two hundred datagrams.
var (
	rateProven    = ratelimit.Rate{PerSecond: 400, Burst: 400}
	rateAllProven = ratelimit.Rate{PerSecond: 1000, Burst: 1000}
)

// ratePhones is what the host may send from which telephones have registered over UDP: more
// than some thousand telephones behind one address do in calls, and less than would keep the
// reader of the socket from others: with 10,000 a second one of their calls was lost.
var ratePhones = ratelimit.Rate{PerSecond: 3000, Burst: 6000}

const (
	maxSources        = 4096
	maxAuthenticated  = 4096
	authenticatedLife = 5 * time.Minute
)

// sources are the rate limits of unknown sources, and those sources for which the
// limits do not hold because they have shown credentials a while ago: a trunk
// without a fixed address sends more than others may.
type sources struct {
	quiet, loud *ratelimit.Bucket // of what is a source's first, and of what is more
	first       *ratelimit.Keyed[netip.Addr]
	each, site  *ratelimit.Keyed[netip.Addr]
	shown       *expiring.Map[netip.AddrPort, struct{}]

	proven     *expiring.Map[netip.Addr, struct{}] // subnets of which somebody has shown credentials a while ago
	provenEach *ratelimit.Keyed[netip.Addr]
	phonesEach *ratelimit.Keyed[netip.Addr]
	provenAll  *ratelimit.Bucket
}

func newSources() sources {
	keyed := func(rate ratelimit.Rate) *ratelimit.Keyed[netip.Addr] {
		return ratelimit.NewKeyed[netip.Addr](rate, maxSources)
	}
	return sources{
		quiet: ratelimit.NewBucket(rateHalf), loud: ratelimit.NewBucket(rateHalf),
		first: keyed(rateFirst), each: keyed(rateEach), site: keyed(rateSite),
		shown:      expiring.New(expiring.Config[netip.AddrPort, struct{}]{TTL: authenticatedLife, Entries: maxAuthenticated}),
		proven:     expiring.New(expiring.Config[netip.Addr, struct{}]{TTL: authenticatedLife, Entries: maxAuthenticated}),
		provenEach: keyed(rateProven), phonesEach: keyed(ratePhones), provenAll: ratelimit.NewBucket(rateAllProven),
	}
}

// allowDatagram takes a token of a source over UDP, which may be a telephone that has
// registered.
func (s *sources) allowDatagram(from netip.Addr, registered bool, now time.Time) bool {
	if registered {
		return s.phonesEach.Allow(source.Subnet(from), now)
	}
	return s.allow(from, now)
}

// allow takes a token of a source, and one of all of them.
func (s *sources) allow(from netip.Addr, now time.Time) bool {
	switch proven, allowed := s.take(from, now); {
	case proven || !allowed:
		return allowed
	case s.first.Allow(source.Site(from), now):
		return s.quiet.Allow(now) || s.loud.Allow(now)
	}
	return s.loud.Allow(now)
}

// allowEach takes a token of a source alone. A network of IPv6 counts as one: its
// owner has addresses without number.
func (s *sources) allowEach(from netip.Addr, now time.Time) bool {
	_, allowed := s.take(from, now)
	return allowed
}

// take takes a token of a source, of those of proven ones if it is one.
func (s *sources) take(from netip.Addr, now time.Time) (proven, allowed bool) {
	subnet := source.Subnet(from)
	if _, proven = s.proven.Get(subnet, now); proven {
		return true, s.provenEach.Allow(subnet, now) && s.provenAll.Allow(now)
	}
	return false, s.each.Allow(subnet, now) && s.site.Allow(source.Site(from), now)
}

// authenticated remembers a source that has shown credentials now.
func (s *sources) authenticated(from netip.AddrPort, now time.Time) {
	s.shown.Put(from, struct{}{}, now)
}

func (s *sources) isAuthenticated(from netip.AddrPort, now time.Time) bool {
	_, ok := s.shown.Get(from, now)
	return ok
}

// prove remembers that somebody of a subnet has shown credentials now.
func (s *sources) prove(from netip.Addr, now time.Time) {
	s.proven.Put(source.Subnet(from), struct{}{}, now)
}

func (s *sources) isProven(from netip.Addr, now time.Time) bool {
	_, ok := s.proven.Get(source.Subnet(from), now)
	return ok
}
