package signalling

import "github.com/switchhook/switchhook/internal/webrtc/protocol"

// giveUp ends the session of a client that has no good token any more. Whoever has the secret
// can do this alone: nothing else follows from it.
func (s *Server) giveUp(secret string) {
	s.mu.Lock()
	session := s.sessions[secret]
	s.mu.Unlock()
	if session != nil {
		session.end(protocol.CloseNoSession, "goodbye", true)
	}
}

// EndUser ends the sessions of a user who is no more, with their calls. A session that begins
// meanwhile, with a token that was read before, notices by itself.
func (s *Server) EndUser(user string) {
	s.tokensEnded.Add(1)
	for _, session := range s.all(func() {}) {
		if session.user == user {
			session.end(protocol.CloseUnauthorized, "the user was deleted", true)
		}
	}
}
