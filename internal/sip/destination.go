package sip

import (
	"net"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// setDestination tells sipgo where a request inside the dialog goes.
func (s *Server) setDestination(request *sip.Request, d *dialog) {
	if d.transport == "UDP" {
		s.sendFromListener(request)
	}
	if isWebSocket(d.transport) { // whatever it names, only its connection reaches it
		request.SetDestination(d.source.String())
		return
	}
	if len(d.routes) > 0 {
		request.SetDestination(header.HostPort(&d.routes[0], d.transport))
		return
	}
	if d.source.IsValid() && (d.flow || s.behindNAT(d) || d.transport != "UDP" && s.connected(d)) {
		request.SetDestination(d.source.String())
		return
	}
	request.SetDestination(header.HostPort(&d.target, d.transport))
}

// sendFromListener makes a UDP request leave from the port where we listen.
func (s *Server) sendFromListener(request *sip.Request) {
	local := s.udp.LocalAddr().(*net.UDPAddr)
	request.Laddr = sip.Addr{IP: local.IP, Port: local.Port, Zone: local.Zone}
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

// sourceOf returns where a request came from.
func sourceOf(request *sip.Request) netip.AddrPort {
	source, err := netip.ParseAddrPort(request.Source())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(source.Addr().Unmap().WithZone(""), source.Port())
}
