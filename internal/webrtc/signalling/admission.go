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

// admit takes a place for a socket that has shown nothing yet.
func (s *Server) admit(remote string) (from netip.Addr, leave func(), ok bool) {
	if at, err := netip.ParseAddrPort(remote); err == nil {
		from = source.Subnet(at.Addr().Unmap())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed || s.strangers >= maxStrangers:
		return from, nil, false
	case !from.IsLoopback() && s.byAddress[from] >= maxPerAddress:
		return from, nil, false
	}
	s.strangers++
	s.byAddress[from]++
	return from, func() { s.leave(from) }, true
}

func (s *Server) leave(from netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byAddress[from]--; s.byAddress[from] == 0 {
		delete(s.byAddress, from)
	}
}

// known ends the time of a socket as a stranger.
func (s *Server) known() {
	s.mu.Lock()
	s.strangers--
	s.mu.Unlock()
}
