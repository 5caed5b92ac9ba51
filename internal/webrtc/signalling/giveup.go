package signalling

import (
	"io"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// takeGoodbye ends the session of a page that is being left, whose browser has closed its
// socket already and opens none any more, as Firefox: the body is its bye.
func (s *Server) takeGoodbye(out http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(out).SetReadDeadline(time.Now().Add(helloTime)) // a body that is in memory needs none
	text, err := io.ReadAll(http.MaxBytesReader(out, r.Body, maxGoodbye))
	if err != nil {
		http.Error(out, "the body is too long or did not come", http.StatusBadRequest)
		return
	}
	_, m, err := protocol.Decode(text)
	bye, is := m.(*protocol.Bye)
	if err != nil || !is {
		http.Error(out, "the body is no bye", http.StatusBadRequest)
		return
	}
	s.giveUp(bye.Session)
	out.WriteHeader(http.StatusNoContent)
}

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
