package signalling

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// warn asks for another token in time.
func (s *Session) warn(now time.Time) {
	s.mu.Lock()
	left := s.expires.Sub(now)
	due := !s.warned && left < tokenWarning
	s.warned = s.warned || due
	s.mu.Unlock()
	if due {
		s.Send(&protocol.TokenNeeded{InMs: int(max(left, 0).Milliseconds())})
	}
}

// verify ends the socket of a session whose token has been revoked, or has expired.
func (s *Session) verify(ctx context.Context) {
	s.mu.Lock()
	token, expires := s.token, s.expires
	s.mu.Unlock()
	if _, verdict := s.server.cfg.Authenticate(ctx, token); verdict != NotGood {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != token { // the client has shown another one meanwhile
		return
	}
	known := s.revoked
	s.revoked = time.Now().Before(expires)
	if s.revoked && !known && s.leaving != nil {
		s.leaving.Reset(revokedGrace)
	}
	if s.socket != nil {
		s.socket.abandon(protocol.CloseUnauthorized, "the token is not good any more")
	}
}

// renew takes another token.
func (s *Session) renew(ctx context.Context, token string) protocol.Message {
	ended := s.server.tokensEnded.Load()
	user, verdict := s.server.cfg.Authenticate(ctx, token)
	switch {
	case verdict == NotKnown:
		return &protocol.Refusal{Reason: protocol.ReasonBusy, Code: 503, Message: "the token cannot be checked now"}
	case verdict != Good || user.ID != s.user:
		return &protocol.Refusal{Reason: protocol.ReasonForbidden, Code: 401, SubCode: 10009, Message: "the token is not good, or another user's"}
	}
	s.mu.Lock()
	s.show(token, user)
	s.mu.Unlock()
	s.verifySince(ctx, ended)
	return &protocol.OK{}
}

// verifySince is verify where tokens have been revoked since they were counted: who revoked them
// may have seen the token that the session had before.
func (s *Session) verifySince(ctx context.Context, ended uint64) {
	if s.server.tokensEnded.Load() != ended {
		s.verify(ctx)
	}
}

// show notes the token that the client has shown. It runs under s.mu.
func (s *Session) show(token string, user User) {
	s.token, s.expires, s.full, s.issuedBy = token, user.Expires, user.Full, user.IssuedBy
	s.warned, s.revoked = false, false
}

// CheckUser ends the sockets of a user whose tokens have been revoked, but of those that have
// shown a newer one. A session that begins meanwhile notices by itself.
func (s *Server) CheckUser(user string) {
	s.tokensEnded.Add(1)
	for _, session := range s.all(func() {}) {
		if session.user == user {
			session.verify(s.ctx)
		}
	}
}
