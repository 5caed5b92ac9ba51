package signalling

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

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
	s.work.Go(func() { session.watch(ctx, socket, stop) })
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

// greet reads the hello and finds or makes the session.
func (s *Server) greet(ctx context.Context, socket *socket, at *place) (*Session, bool) {
	refuse := func(code int, text string) (*Session, bool) {
		socket.close(code, text)
		return nil, false
	}
	const displaced = "too many connections wait for their hello"
	if !at.await(socket.conn, time.Now().Add(helloTime)) {
		return refuse(protocol.CloseTooMany, displaced)
	}
	text, err := socket.read(maxHello)
	switch {
	case err != nil && !at.known():
		return refuse(protocol.CloseTooMany, displaced)
	case err != nil:
		return refuse(protocol.CloseNoHello, "no hello came")
	}
	head, m, err := protocol.Decode(text)
	if bye, is := m.(*protocol.Bye); is && err == nil {
		s.giveUp(bye.Session)
		return refuse(protocol.CloseNoSession, "goodbye")
	}
	hello, is := m.(*protocol.Hello)
	switch {
	case err != nil || !is || head.ID == "":
		return refuse(protocol.CloseMalformed, "the first frame is no hello")
	case hello.Version != protocol.Version:
		return refuse(protocol.CloseVersion, "this server speaks version 1")
	}
	ended := s.tokensEnded.Load()
	user, verdict := s.cfg.Authenticate(ctx, hello.Token)
	switch verdict {
	case NotGood:
		return refuse(protocol.CloseUnauthorized, "the token is not good")
	case NotForCalls:
		return refuse(protocol.CloseForbidden, "the token is not for calls")
	case NotKnown:
		return refuse(protocol.CloseStopping, "the token cannot be checked now")
	}
	if !at.known() {
		return refuse(protocol.CloseTooMany, displaced)
	}
	socket.conn.SetReadDeadline(time.Time{})
	if s.cfg.Proven != nil {
		s.cfg.Proven(ctx)
	}
	session, resumed, code := s.session(hello, user, at)
	if code != 0 {
		return refuse(code, "there is no such session, or no room for another")
	}
	if s.tokensEnded.Load() != ended { // since the token was read
		if _, verdict := s.cfg.Authenticate(ctx, hello.Token); verdict == NotGood {
			if !resumed {
				session.end(protocol.CloseUnauthorized, "the token is not good any more", true)
			}
			return refuse(protocol.CloseUnauthorized, "the token is not good any more")
		}
	}
	if !session.attach(socket, user, hello.Token, head.ID, uint64(max(hello.LastSeq, 0)), resumed) {
		return refuse(protocol.CloseNoSession, "the session is over")
	}
	return session, true
}

// session finds the session that a hello resumes, or makes one.
func (s *Server) session(hello *protocol.Hello, user User, at *place) (session *Session, resumed bool, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hello.Session != "" {
		switch session = s.sessions[hello.Session]; {
		case session == nil:
			return nil, false, protocol.CloseNoSession
		case session.user != user.ID:
			return nil, false, protocol.CloseForbidden
		}
		return session, true, 0
	}
	switch {
	case s.stopping || s.closed:
		return nil, false, protocol.CloseStopping
	case s.byUser[user.ID] >= maxPerUser, len(s.sessions) >= maxSessions,
		!at.local && s.byAddress[at.subnet] > maxPerAddress:
		return nil, false, protocol.CloseTooMany
	}
	session = &Session{
		server: s, secret: newSecret(), user: user.ID,
		displayName: clip(hello.DisplayName, maxDisplayName), userAgent: clip(hello.UserAgent, maxUserAgent),
		rate: ratelimit.NewBucket(ratelimit.Rate{PerSecond: requestRate, Burst: requestBurst}),
	}
	session.client = s.cfg.Open(session)
	s.sessions[session.secret] = session
	s.kept.sessions.Add(1)
	s.byUser[user.ID]++
	return session, false, 0
}

// clip shortens a text to so many characters.
func clip(text string, most int) string {
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}

func (s *Server) forget(session *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session.secret)
	s.kept.sessions.Add(-1)
	if s.byUser[session.user]--; s.byUser[session.user] == 0 {
		delete(s.byUser, session.user)
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
