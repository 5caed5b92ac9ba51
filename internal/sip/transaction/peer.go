package transaction

import (
	"net"
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// Stream is a connection over TCP, TLS or WebSocket. Each Write is one message. A
// transaction holds one reference to it, and gives it back with TryClose at its end.
type Stream interface {
	Write(message []byte) (int, error)
	Ref(change int) int
	TryClose() (int, error)
	LocalAddr() net.Addr
	RemoteAddr() net.Addr
}

// Peer is where the messages of a transaction go: over a stream, or in datagrams to an
// address.
type Peer struct {
	Address netip.AddrPort
	Stream  Stream // nil: UDP
}

// ends are the two addresses of a stream, which no other stream has at the same time.
type ends struct{ local, remote string }

// endsOf are a stream's; none is that of datagrams.
func endsOf(s Stream) ends {
	if s == nil {
		return ends{}
	}
	return ends{s.LocalAddr().String(), s.RemoteAddr().String()}
}

// ResponseAddress is where the responses to a request go that came in a datagram
// (RFC 3261 §18.2.2): to its source, at the port of its Via, or at its source's where the
// Via asks so (RFC 3581 §4).
func ResponseAddress(request *sip.Request, source netip.AddrPort) netip.AddrPort {
	via := request.Via()
	if via == nil {
		return source
	}
	if port, wanted := via.Params.Get("rport"); wanted && port == "" {
		return source
	}
	port := via.Port
	if port <= 0 || port > 65535 {
		port = sip.DefaultUdpPort
	}
	return netip.AddrPortFrom(source.Addr(), uint16(port))
}
