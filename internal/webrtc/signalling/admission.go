package signalling

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/source"
)

// allowsOrigin reports whether a page may connect: one of ours, one of this machine
// where we are reached on it, one that the settings name, or no page at all.
func (s *Server) allowsOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(s.cfg.Origins, "*") {
		return true
	}
	from, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := (&url.URL{Host: r.Host}).Hostname()
	return strings.EqualFold(from.Host, r.Host) || isLoopback(from.Hostname()) && isLoopback(host) ||
		slices.ContainsFunc(s.cfg.Origins, func(allowed string) bool { return strings.EqualFold(allowed, origin) })
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}

// admit takes a place for a socket that has shown nothing yet. Where strangers have all
// places, the oldest of the loudest site makes room: who has a token shows it at once.
func (s *Server) admit(remote string) (*place, bool) {
	p := &place{server: s, stranger: true}
	if at, err := netip.ParseAddrPort(remote); err == nil {
		from := at.Addr().Unmap()
		p.subnet, p.site, p.local = source.Subnet(from), source.Site(from), from.IsLoopback()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed, !p.local && s.byAddress[p.subnet] >= maxPerAddress:
		return nil, false
	case len(s.strangers) >= s.cfg.Strangers:
		s.loudest(p.site).displace()
	}
	s.strangers = append(s.strangers, p)
	s.byAddress[p.subnet]++
	return p, true
}

// loudest is the oldest stranger of the site that has most of them, with one more of a
// site that comes. There is one. It runs under s.mu.
func (s *Server) loudest(comes netip.Addr) (found *place) {
	counts := map[netip.Addr]int{comes: 1}
	for _, p := range s.strangers {
		counts[p.site]++
	}
	for _, p := range s.strangers {
		if found == nil || counts[p.site] > counts[found.site] {
			found = p
		}
	}
	return found
}
