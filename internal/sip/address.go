package sip

import (
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// locals remembers for a while which of our addresses leads to a peer.
type locals struct {
	towards *expiring.Map[netip.Addr, netip.Addr]
}

const (
	localLife = time.Minute
	maxLocals = 4096
)

func newLocals() locals {
	return locals{expiring.New(expiring.Config[netip.Addr, netip.Addr]{TTL: localLife, Entries: maxLocals})}
}

// find asks the kernel which address it would send from. Nothing is sent.
func (l locals) find(peer netip.Addr) netip.Addr {
	now := time.Now()
	if local, known := l.towards.Get(peer, now); known {
		return local
	}
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(peer, 9)))
	if err != nil {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	defer conn.Close()
	local := addressOf(conn.LocalAddr()).Addr()
	l.towards.Put(peer, local, now)
	return local
}

// reached returns the address at which a peer reaches something that is bound
// to an address of ours.
func (s *Server) reached(bound, peer netip.Addr) netip.Addr {
	if s.cfg.Public.IsValid() && !private(peer) {
		return s.cfg.Public
	}
	if bound.IsValid() && !bound.IsUnspecified() {
		return bound
	}
	return s.locals.find(peer)
}

// private reports whether an address is of a local network, where no NAT is
// between us.
func private(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || sharedSpace.Contains(a)
}

// sharedSpace is carriers' NAT (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// listener returns the address of our listener for a transport.
func (s *Server) listener(transport string) netip.AddrPort {
	if transport == "TLS" && s.tls != nil {
		return addressOf(s.tls.Addr())
	}
	return addressOf(s.tcp.Addr())
}

// own returns our end of a transport: a listener, or the door of WebSockets.
func (s *Server) own(transport string) netip.AddrPort {
	if isWebSocket(transport) {
		if at, ok := s.sockets.at(transport); ok {
			return at
		}
	}
	return s.listener(transport)
}

// via builds the Via of a request to a peer.
func (s *Server) via(transport string, peer netip.Addr) *sip.ViaHeader {
	at := s.own(transport)
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport,
		Host: s.reached(at.Addr(), peer).String(), Port: int(at.Port()),
	}
	via.Params.Add("branch", sip.GenerateBranch())
	via.Params.Add("rport", "")
	return via
}

// contact builds our Contact for a peer.
func (s *Server) contact(user, transport string, peer netip.Addr) sip.Uri {
	at := s.own(transport)
	uri := sip.Uri{Scheme: "sip", User: user, Host: s.reached(at.Addr(), peer).String(), Port: int(at.Port())}
	switch {
	case isWebSocket(transport):
		uri.UriParams.Add("transport", "ws") // of both kinds: RFC 7118 §5.2
	case transport != "UDP":
		uri.UriParams.Add("transport", strings.ToLower(transport))
	}
	return uri
}

// address tells sipgo where a request inside the dialog goes.
func (s *Server) address(request *sip.Request, d *dialog) {
	if d.transport == "UDP" {
		s.fromListener(request)
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

// fromListener makes a UDP request leave from the port where we listen.
func (s *Server) fromListener(request *sip.Request) {
	local := s.udp.LocalAddr().(*net.UDPAddr)
	request.Laddr = sip.Addr{IP: local.IP, Port: local.Port, Zone: local.Zone}
}

// behindNAT reports whether the peer names an address that only its own network
// knows: then it is reached where it was heard.
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
