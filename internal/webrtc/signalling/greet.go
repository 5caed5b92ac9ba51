package signalling

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

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
	user, code, why := s.userOf(ctx, hello)
	if code != 0 {
		return refuse(code, why)
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
	session.verifySince(ctx, ended)
	return session, true
}

// userOf is whose token a hello has; else why its socket closes, and with which code.
func (s *Server) userOf(ctx context.Context, hello *protocol.Hello) (user User, code int, why string) {
	user, verdict := s.cfg.Authenticate(ctx, hello.Token)
	switch verdict {
	case NotGood:
		return user, protocol.CloseUnauthorized, "the token is not good"
	case NotForCalls:
		return user, protocol.CloseForbidden, "the token is not for calls"
	case NotKnown:
		return user, protocol.CloseStopping, "the token cannot be checked now"
	}
	return user, 0, ""
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
