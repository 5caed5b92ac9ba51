package signalling

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// serveAlone is serve, but that what panics ends the socket alone.
func (s *Server) serveAlone(ctx context.Context, socket *socket, at *place) {
	panics.Contain(s.cfg.Log, panics.Request, func() { s.serve(ctx, socket, at) })
}

// serve is the life of a socket.
func (s *Server) serve(ctx context.Context, socket *socket, at *place) {
	session, ok := s.greet(ctx, socket, at)
	stays := at.known()
	if !ok {
		if stays {
			socket.drain()
		}
		return
	}
	defer session.detach(socket)
	stop := make(chan struct{})
	defer close(stop)
	s.work.Go(func() {
		if panics.Contain(s.cfg.Log, panics.Request, func() { session.watch(ctx, socket, stop) }, "user", session.user) != nil {
			socket.conn.SetReadDeadline(time.Now()) // nobody watches it any more
		}
	})
	for {
		text, err := socket.read(maxOffer)
		if err != nil {
			if errors.Is(err, errTooLong) || errors.Is(err, errNotText) || errors.Is(err, errMasking) || errors.Is(err, errFragments) {
				session.breach(err.Error())
			}
			if errors.Is(err, errFrames) {
				socket.abandon(protocol.CloseTooMany, err.Error())
				socket.drain()
			}
			return
		}
		if socket.leaves() || !session.take(ctx, socket, text) {
			socket.drain()
			return
		}
	}
}

// drain lets the client read why the socket is closed.
func (s *socket) drain() {
	select { // the close frame is written, or cannot be
	case <-s.done:
	case <-time.After(2 * writeTime):
		return
	}
	for range 16 {
		if _, err := s.read(maxOffer); err != nil {
			return
		}
	}
}

// watch pings, and ends the socket when the client is silent, or its token is not good
// any more.
func (s *Session) watch(ctx context.Context, socket *socket, stop <-chan struct{}) {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	verified := time.Now()
	for {
		select {
		case <-stop:
			return
		case <-s.server.ctx.Done():
			return
		case now := <-ticker.C:
			if !socket.ping(now) {
				socket.conn.SetReadDeadline(now)
				return
			}
			s.warn(now)
			if now.Sub(verified) >= verifyEvery {
				verified = now
				s.verify(ctx)
			}
		}
	}
}
