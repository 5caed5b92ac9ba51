package sip

import (
	"context"
	"fmt"
	"net"

	"github.com/switchhook/switchhook/internal/listen"
)

// listen opens UDP and TCP on one port, and TLS on another.
func (s *Server) listen(ctx context.Context) (err error) {
	var config net.ListenConfig
	const tries = 8 // for port 0: what TCP got may be taken on UDP
	for try := range tries {
		if s.tcp, err = config.Listen(ctx, "tcp", s.cfg.Listen); err != nil {
			return listen.Error("--sip", s.cfg.Listen, err)
		}
		var conn net.PacketConn // UDP's
		if conn, err = config.ListenPacket(ctx, "udp", s.tcp.Addr().String()); err == nil {
			s.untraced, s.tcp = s.openPackets(conn.(*net.UDPConn)), s.cfg.Proxied(s.tcp)
			s.udp = s.tracePackets(s.untraced)
			break
		}
		s.tcp.Close()
		if _, port, _ := net.SplitHostPort(s.cfg.Listen); port != "0" || try == tries-1 {
			return listen.Error("--sip", s.cfg.Listen, err)
		}
	}
	if s.cfg.ListenTLS == "" {
		return nil
	}
	if s.cfg.TLS == nil {
		return fmt.Errorf("listen for SIP over TLS on %s: no certificate", s.cfg.ListenTLS)
	}
	if s.tls, err = config.Listen(ctx, "tcp", s.cfg.ListenTLS); err != nil {
		return listen.Error("--sips", s.cfg.ListenTLS, err)
	}
	s.tls = s.cfg.Proxied(s.tls)
	return nil
}

func (s *Server) openPackets(conn *net.UDPConn) datagrams {
	conn.SetReadBuffer(listen.PacketRoom) // the kernel gives what it allows
	return watchSocket(conn, s.arrived, s.unanswered.unreachable)
}

func (s *Server) serve(network string, serve func() error) {
	s.work.Go(func() {
		if err := serve(); err != nil && s.ctx.Err() == nil {
			s.log.Error("SIP listener failed", "transport", network, "error", err)
		}
	})
}

// Addr is where UDP and TCP are heard, once started.
func (s *Server) Addr() net.Addr { return s.tcp.Addr() }

// TLSAddr is where TLS is heard, once started; nil without TLS.
func (s *Server) TLSAddr() net.Addr {
	if s.tls == nil {
		return nil
	}
	return s.tls.Addr()
}

func (s *Server) closeListeners() {
	if s.udp != nil {
		s.udp.Close()
	}
	for _, listener := range []net.Listener{s.tcp, s.tls} {
		if listener != nil {
			listener.Close()
		}
	}
}
