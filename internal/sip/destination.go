package sip

import (
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// setDestination says where a request inside the dialog goes. What a peer writes
// into its messages leads nowhere but to itself: to a telephone over the flow that it
// came over, to a trunk's proxies where they are the trunk's, else to where it was
// heard.
func (s *Server) setDestination(request *sip.Request, d *dialog) {
	switch {
	case isWebSocket(d.transport), d.flow && d.source.IsValid(): // whatever it names
		request.SetDestination(d.source.String())
	case d.transport != "UDP" && d.source.IsValid() && s.connected(d): // open, and checked by the name
		request.SetDestination(d.source.String())
	case len(d.routes) > 0 && (!d.source.IsValid() || s.isRouteOf(d.source.Addr(), &d.routes[0])):
		request.SetDestination(header.HostPort(&d.routes[0], d.transport))
	case d.source.IsValid() && (len(d.routes) > 0 || s.behindNAT(d)):
		request.SetDestination(d.source.String())
	default:
		request.SetDestination(header.HostPort(&d.target, d.transport))
	}
}

// isRouteOf reports whether a route that a peer recorded leads to that peer: to the
// address where it was heard, or to its trunk's.
func (s *Server) isRouteOf(source netip.Addr, route *sip.Uri) bool {
	host := strings.Trim(route.Host, "[]")
	if address, err := netip.ParseAddr(host); err == nil && address.Unmap() == source {
		return true
	}
	return s.trunks.Reaches(source, host)
}

// behindNAT reports whether the peer names an address that only its own network
// knows: then requests go to the address that its packets come from.
func (s *Server) behindNAT(d *dialog) bool {
	named, err := netip.ParseAddr(d.target.Host)
	if err != nil {
		return false
	}
	named = named.Unmap()
	return named != d.source.Addr() && (private(named) || named.IsUnspecified())
}

// connected reports whether the connection over which the peer was heard is open.
func (s *Server) connected(d *dialog) bool {
	return s.hasConnection(d.transport, d.source.String())
}

// sourceOf returns where a message came from.
func sourceOf(message sip.Message) netip.AddrPort {
	source, err := netip.ParseAddrPort(message.Source())
	if err != nil {
		return netip.AddrPort{}
	}
	return plain(source)
}
