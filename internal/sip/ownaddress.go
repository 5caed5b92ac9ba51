package sip

import (
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
)

// localAddresses remembers for a while which of our addresses leads to a peer.
type localAddresses struct {
	towards *expiring.Map[netip.Addr, netip.Addr]
}

const (
	localLife = time.Minute
	maxLocals = 4096
)

func newLocals() localAddresses {
	return localAddresses{expiring.New(expiring.Config[netip.Addr, netip.Addr]{TTL: localLife, Entries: maxLocals})}
}

// find asks the kernel which address it would send from. Nothing is sent.
func (l localAddresses) find(peer netip.Addr) netip.Addr {
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

// reachableAddress returns the address at which a peer reaches something that is bound
// to an address of ours.
func (s *Server) reachableAddress(bound, peer netip.Addr) netip.Addr {
	if s.cfg.Public.IsValid() && !private(peer) {
		return s.cfg.Public
	}
	if bound.IsValid() && !bound.IsUnspecified() {
		return bound
	}
	return s.locals.find(peer)
}

// soundAddress is reachableAddress for the sound of a call. Its first call that
// tells a peer on the Internet a private address says what that means.
func (s *Server) soundAddress(bound, peer netip.Addr) netip.Addr {
	told := s.reachableAddress(bound, peer)
	if private(told) && peer.IsValid() && !private(peer) {
		s.warnOfNAT.Do(func() {
			s.log.Warn("a peer on the Internet is told a private address for the sound: we hear nothing from it unless it sends to where our packets come from (symmetric RTP); set sip-public-address and forward the RTP ports, or ask the provider for symmetric RTP",
				"address", told, "peer", peer)
		})
	}
	return told
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

// localEndpoint returns our end of a transport: a listener, or where WebSockets
// come in.
func (s *Server) localEndpoint(transport string) netip.AddrPort {
	if isWebSocket(transport) {
		if at, ok := s.sockets.at(transport); ok {
			return at
		}
	}
	return s.listener(transport)
}

// via builds the Via of a request to a peer.
func (s *Server) via(transport string, peer netip.Addr) *sip.ViaHeader {
	at := s.localEndpoint(transport)
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport,
		Host: s.reachableAddress(at.Addr(), peer).String(), Port: int(at.Port()),
	}
	via.Params.Add("branch", sip.GenerateBranch())
	via.Params.Add("rport", "")
	return via
}

// contactIn is our Contact in a dialog: one of SIPS where the peer has asked for that
// (RFC 3261 §8.1.1.8, §12.1.1) and hears us over a transport that may have it.
func (s *Server) contactIn(d *dialog, asksSIPS bool, peer netip.Addr) sip.Uri {
	uri := s.contact(d.local.uri.User, d.transport, peer)
	if asksSIPS && isSecure(d.transport) {
		uri.Scheme = "sips"
		if d.transport == "TLS" {
			uri.UriParams = nil // SIPS is TLS already (RFC 3261 §26.2.2)
		}
	}
	return uri
}

// isSIPS reports whether an address may be reached over TLS alone.
func isSIPS(uri *sip.Uri) bool { return strings.EqualFold(uri.Scheme, "sips") }

// asksSIPS reports whether a request for a dialog wants a Contact of SIPS.
func asksSIPS(request *sip.Request) bool {
	if isSIPS(&request.Recipient) {
		return true
	}
	if route := request.RecordRoute(); route != nil {
		return isSIPS(&route.Address)
	}
	return isSIPS(&request.Contact().Address)
}

// contact builds our Contact for a peer.
func (s *Server) contact(user, transport string, peer netip.Addr) sip.Uri {
	at := s.localEndpoint(transport)
	uri := sip.Uri{Scheme: "sip", User: user, Host: s.reachableAddress(at.Addr(), peer).String(), Port: int(at.Port())}
	switch {
	case isWebSocket(transport):
		uri.UriParams.Add("transport", "ws") // of both kinds: RFC 7118 §5.2
	case transport != "UDP":
		uri.UriParams.Add("transport", strings.ToLower(transport))
	}
	return uri
}
