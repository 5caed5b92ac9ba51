package auth

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Hosts is the list of names under which clients may reach the server: those that
// the operator configured, and loopback. A name without a port means every port.
type Hosts struct{ listed []string }

// NewHosts returns the list of public hosts, each "name" or "name:port".
func NewHosts(listed ...string) *Hosts {
	h := &Hosts{}
	for _, name := range listed {
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "" && !slices.Contains(h.listed, name) {
			h.listed = append(h.listed, name)
		}
	}
	return h
}

// Listed returns the operator's names, lower case.
func (h *Hosts) Listed() []string { return slices.Clone(h.listed) }

// Allows reports whether a host, with or without a port, is one of ours.
func (h *Hosts) Allows(host string) bool {
	return isLoopback(withoutPort(host)) || h.isListed(host)
}

func (h *Hosts) isListed(host string) bool {
	host = strings.ToLower(host)
	return host != "" && slices.Contains(h.listed, host) || slices.Contains(h.listed, withoutPort(host))
}

// Admits reports whether a request without credentials may be answered: its Host is
// one of ours or the address that it came in on. A page whose name was rebound to our
// address (DNS rebinding) sends its own name. Clients older than HTTP/1.1 send none;
// browsers always send one.
func (h *Hosts) Admits(r *http.Request) bool {
	if r.Host == "" || h.Allows(r.Host) {
		return true
	}
	local, err := netip.ParseAddrPort(localAddress(r))
	named, notAddress := netip.ParseAddr(strings.Trim(withoutPort(r.Host), "[]"))
	return err == nil && notAddress == nil && local.Addr().Unmap() == named.Unmap()
}

// Origin returns scheme and host, such as "https://localhost:8443", under which
// the sender of r reaches us. A proxy's X-Forwarded-Host counts if it is listed.
// A host that is not ours is not repeated: the first listed one, else the
// address that the request came in on, replaces it.
func (h *Hosts) Origin(r *http.Request) string {
	host := r.Header.Get("X-Forwarded-Host")
	if !h.isListed(host) {
		host = h.reached(r.Host, localAddress(r))
	}
	scheme := "http"
	if r.TLS != nil || (h.isListed(host) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")) {
		scheme = "https"
	}
	return scheme + "://" + host
}

func (h *Hosts) reached(host, local string) string {
	_, port, _ := net.SplitHostPort(local)
	switch {
	case host == "":
	case isLoopback(withoutPort(host)):
		// Azure's Java client sends Host without its port.
		if withoutPort(host) == strings.ToLower(host) && port != "" {
			return net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
		return host
	case h.isListed(host):
		return host
	case strings.EqualFold(host, local):
		return host
	default:
		for _, listed := range h.listed {
			if withoutPort(listed) == strings.ToLower(host) {
				return listed // likewise: the port is known from the list
			}
		}
	}
	if len(h.listed) > 0 {
		return h.listed[0]
	}
	if port != "" {
		return local
	}
	return "localhost"
}

// localAddress is the address that the request came in on, or "".
func localAddress(r *http.Request) string {
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return addr.String()
	}
	return ""
}

// withoutPort returns the name of a host in lower case, an IPv6 address in its
// brackets, without the port.
func withoutPort(host string) string {
	host = strings.ToLower(host)
	colon := strings.LastIndexByte(host, ':')
	if colon < 0 || strings.HasSuffix(host, "]") {
		return host
	}
	return host[:colon]
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && addr.IsLoopback()
}
