// Package trustedproxy finds the client behind a proxy. It owns which proxies are
// believed, the header field X-Forwarded-For, and the PROXY protocol (versions 1 and 2
// of the HAProxy specification, docs/proxy-protocol.txt).
package trustedproxy

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// List is the proxies that are believed when they name their client.
type List struct{ networks []netip.Prefix }

// New makes a list.
func New(networks []netip.Prefix) *List { return &List{networks} }

// Contains reports whether an address is one of a proxy.
func (l *List) Contains(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(l.networks, func(n netip.Prefix) bool { return n.Contains(address) })
}

// Handler shows the requests that proxies forward as their client's: RemoteAddr is the
// client's address. So limits, lockouts and the log are about the client.
func (l *List) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if fields := r.Header.Values("X-Forwarded-For"); err == nil && len(fields) > 0 && l.Contains(peer.Addr()) {
			r = r.WithContext(r.Context())
			r.RemoteAddr = l.client(peer, strings.Join(fields, ",")).String()
		}
		next.ServeHTTP(w, r)
	})
}

// client is the rightmost address of X-Forwarded-For that is no proxy of ours: each
// proxy appends its client, and what is left of a stranger's address is the stranger's
// claim. If all are proxies, it is the first of them. What cannot be read is the
// proxy's own. A port that is not given is that of the proxy's connection.
func (l *List) client(peer netip.AddrPort, forwarded string) netip.AddrPort {
	found := peer
	for {
		comma := strings.LastIndexByte(forwarded, ',')
		hop, err := parseHop(strings.Trim(forwarded[comma+1:], " \t"), peer.Port())
		if err != nil {
			return peer
		}
		if found = hop; comma < 0 || !l.Contains(hop.Addr()) {
			return found
		}
		forwarded = forwarded[:comma]
	}
}

// parseHop reads an address with or without a port; an IPv6 address may be in brackets.
func parseHop(text string, port uint16) (netip.AddrPort, error) {
	if hop, err := netip.ParseAddrPort(text); err == nil {
		return netip.AddrPortFrom(hop.Addr().Unmap().WithZone(""), hop.Port()), nil
	}
	if inside, bracketed := strings.CutPrefix(text, "["); bracketed {
		text, _ = strings.CutSuffix(inside, "]")
	}
	address, err := netip.ParseAddr(text)
	return netip.AddrPortFrom(address.Unmap().WithZone(""), port), err
}
