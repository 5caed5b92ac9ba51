package sip

import (
	"net/netip"
	"sync"
	"time"
)

// What one source of strangers may send, so that one that floods does not keep
// others from being heard.
const (
	sourceRate  = 10 // a second
	sourceBurst = 30
	maxSources  = 4096
)

// sources limits each address that is no trunk's by itself. A network of IPv6
// counts as one: its owner has addresses without number.
type sources struct {
	mu sync.Mutex
	of map[netip.Addr]*limiter
}

// allow takes a token of a source.
func (s *sources) allow(from netip.Addr) bool {
	from = from.Unmap()
	if from.Is6() {
		network, _ := from.WithZone("").Prefix(64)
		from = network.Addr()
	}
	s.mu.Lock()
	known, ok := s.of[from]
	if !ok {
		if s.of == nil || len(s.of) >= maxSources {
			s.tidy(time.Now())
		}
		known = &limiter{rate: sourceRate, burst: sourceBurst}
		s.of[from] = known
	}
	s.mu.Unlock()
	return known.allow()
}

// tidy forgets the sources that have been silent for long enough to have all
// their tokens again; if everybody is loud, all.
func (s *sources) tidy(now time.Time) {
	kept := make(map[netip.Addr]*limiter)
	for from, l := range s.of {
		if !l.rested(now) {
			kept[from] = l
		}
	}
	if len(kept) >= maxSources {
		clear(kept)
	}
	s.of = kept
}

// rested reports whether a limiter is as if nobody had asked it.
func (l *limiter) rested(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tokens+l.rate*now.Sub(l.last).Seconds() >= l.burst
}
