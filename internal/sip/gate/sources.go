package gate

import (
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// What unknown sources may send: each by itself, so that one that floods does
// not keep others from being heard, and all together.
var (
	rateEach = ratelimit.Rate{PerSecond: 10, Burst: 30}
	rateAll  = ratelimit.Rate{PerSecond: 100, Burst: 200}
)

const (
	maxSources        = 4096
	maxAuthenticated  = 4096
	authenticatedLife = 5 * time.Minute
)

// sources are the rate limits of unknown sources, and those sources for which the
// limits do not hold because they have shown credentials a while ago: a trunk
// without a fixed address sends more than others may.
type sources struct {
	all   *ratelimit.Bucket
	each  *ratelimit.Keyed[netip.Addr]
	shown *expiring.Map[netip.AddrPort, struct{}]
}

func newSources() sources {
	return sources{
		all: ratelimit.NewBucket(rateAll), each: ratelimit.NewKeyed[netip.Addr](rateEach, maxSources),
		shown: expiring.New(expiring.Config[netip.AddrPort, struct{}]{TTL: authenticatedLife, Entries: maxAuthenticated}),
	}
}

// allow takes a token of a source, and one of all of them.
func (s *sources) allow(from netip.Addr, now time.Time) bool {
	return s.allowEach(from, now) && s.all.Allow(now)
}

// allowEach takes a token of a source alone. A network of IPv6 counts as one: its
// owner has addresses without number.
func (s *sources) allowEach(from netip.Addr, now time.Time) bool {
	from = from.Unmap()
	if from.Is6() {
		network, _ := from.WithZone("").Prefix(64)
		from = network.Addr()
	}
	return s.each.Allow(from, now)
}

// authenticated remembers a source that has shown credentials now.
func (s *sources) authenticated(from netip.AddrPort, now time.Time) {
	s.shown.Put(from, struct{}{}, now)
}

func (s *sources) isAuthenticated(from netip.AddrPort, now time.Time) bool {
	_, ok := s.shown.Get(from, now)
	return ok
}
