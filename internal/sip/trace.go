package sip

import (
	"net"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Tracer is shown SIP messages as they are on the wire. It is called on the goroutines
// that read and write them, and must neither block nor keep the text.
type Tracer interface {
	SIP(at time.Time, sent bool, transport string, local, remote netip.AddrPort, text []byte)
	// SIPCallID says that a leg goes on under another Call-ID, at another trunk.
	SIPCallID(before, after string)
}

// tracedPackets shows what is sent over UDP.
type tracedPackets struct {
	datagrams
	tracer Tracer
	local  netip.AddrPort
}

// WriteToUDPAddrPort sends a datagram.
func (t tracedPackets) WriteToUDPAddrPort(data []byte, to netip.AddrPort) (int, error) {
	t.tracer.SIP(time.Now(), true, "UDP", t.local, plain(to), data) // before it: an answer must not be seen first
	return t.datagrams.WriteToUDPAddrPort(data, to)
}

// tracePackets shows what is sent over a socket, if anybody looks.
func (s *Server) tracePackets(conn datagrams) datagrams {
	if s.cfg.Tracer == nil {
		return conn
	}
	return tracedPackets{conn, s.cfg.Tracer, addressOf(conn.LocalAddr())}
}

// traceRead shows a datagram that has passed the gate, or one of those few that have not
// and are shown.
func (s *Server) traceRead(from netip.AddrPort, data []byte, at time.Time) {
	if s.cfg.Tracer != nil {
		s.cfg.Tracer.SIP(at, false, "UDP", addressOf(s.udp.LocalAddr()), from, data)
	}
}

// traceParsed shows a message of a stream, whose bytes come in any portions, as it was
// understood.
func (s *Server) traceParsed(message sip.Message) {
	if s.cfg.Tracer == nil || message.Transport() == "UDP" {
		return
	}
	from, err := netip.ParseAddrPort(message.Source())
	if err != nil {
		return
	}
	s.cfg.Tracer.SIP(time.Now(), false, message.Transport(), addressOf(s.tcp.Addr()), from, []byte(message.String()))
}

// tracedListener shows what is sent over the connections of a listener. sipgo writes a
// message at once.
type tracedListener struct {
	net.Listener
	tracer    Tracer
	transport string
}

// traceListener wraps a listener, if anybody looks.
func (s *Server) traceListener(l net.Listener, transport string) net.Listener {
	if s.cfg.Tracer == nil {
		return l
	}
	return tracedListener{l, s.cfg.Tracer, transport}
}

// Accept returns the next connection.
func (l tracedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return tracedConn{conn, l, addressOf(conn.LocalAddr()), addressOf(conn.RemoteAddr())}, nil
}

type tracedConn struct {
	net.Conn
	to            tracedListener
	local, remote netip.AddrPort
}

// Write sends a message.
func (c tracedConn) Write(data []byte) (int, error) {
	c.to.tracer.SIP(time.Now(), true, c.to.transport, c.local, c.remote, data)
	return c.Conn.Write(data)
}

// traceSocket shows what is sent over a WebSocket.
func (s *Server) traceSocket(conn *webSocketConn, transport string) {
	if s.cfg.Tracer == nil {
		return
	}
	local, remote := addressOf(conn.LocalAddr()), addressOf(conn.RemoteAddr())
	conn.sent = func(message []byte) { s.cfg.Tracer.SIP(time.Now(), true, transport, local, remote, message) }
}
