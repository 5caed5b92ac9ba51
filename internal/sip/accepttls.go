package sip

import (
	"context"
	"crypto/tls"
	"time"
)

// shakeHands accepts connections over TLS and hands on those whose handshake is done:
// whoever has not come so far takes no place from those who have.
func (s *Server) shakeHands(to *handoverListener, config *tls.Config) error {
	for {
		conn, err := s.acceptFrom(s.tls)
		if err != nil {
			return err
		}
		if accepted, ok := s.accept(conn, s.isTrunk(conn), true); ok {
			s.work.Go(func() { s.shakeHand(to, accepted, config) })
		}
	}
}

// shakeHand carries out the handshake of one connection.
func (s *Server) shakeHand(to *handoverListener, accepted *acceptedConn, config *tls.Config) {
	ctx, cancel := context.WithTimeout(s.ctx, dialTimeout)
	defer cancel()
	conn := tls.Server(accepted, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		s.log.Debug("TLS handshake failed", "peer", accepted.RemoteAddr(), "error", err)
		conn.Close()
		return
	}
	accepted.counted.HandshakeDone(time.Now())
	if !to.hand(ctx, &meteredConn{Conn: conn, server: s}) {
		conn.Close()
	}
}
