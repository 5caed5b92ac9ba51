package signalling

import (
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Session is what a client has beyond its sockets:
//
//	live ──socket gone──> away ──hello with session──> live
//	 └────────bye──────────┴──120 s, or 30 s where its token was revoked──> over
type Session struct {
	server      *Server
	secret      string
	user        string
	displayName string
	userAgent   string
	client      Client
	rate        *ratelimit.Bucket

	taking sync.Mutex // one request at a time

	mu       sync.Mutex // held around memory, and around queueing for the socket
	token    string
	full     bool // the token's scope is voip
	issuedBy string
	expires  time.Time
	warned   bool
	revoked  bool    // the token was, before it has expired
	socket   *socket // nil while away
	replay   replay
	answers  answers
	counted  int         // bytes of both
	leaving  *time.Timer // while away
	over     bool
	restored bool     // a welcome is being made: events and answers wait for it
	late     [][]byte // answers that wait
}

// User is the raw id of whose session it is.
func (s *Session) User() string { return s.user }

// DisplayName is how others shall see the user; "" for nothing in particular.
func (s *Session) DisplayName() string { return s.displayName }

// UserAgent is what the client calls itself.
func (s *Session) UserAgent() string { return s.userAgent }

// MayBegin reports whether the token lets the user begin calls (scope voip).
func (s *Session) MayBegin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.full
}

// IssuedBy is who made the token, as package permit names askers.
func (s *Session) IssuedBy() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issuedBy
}

// Send tells the client something: now, or when it comes back. It never blocks.
func (s *Session) Send(m protocol.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	frame, err := s.replay.add(m, s.server.kept.share())
	if err != nil {
		s.server.cfg.Log.Error("event cannot be written", "type", m.Type(), "error", err)
		return
	}
	s.count()
	if s.socket != nil && !s.restored {
		s.write(s.socket, frame)
	}
}

// write runs under s.mu.
func (s *Session) write(to *socket, frame []byte) {
	to.send(frame, func() { to.abandon(protocol.CloseTooSlow, "too much waits for you") })
}

// attach lets the session go on on a socket. It returns the welcome.
func (s *Session) attach(to *socket, user User, token string, id string, lastSeq uint64, resumed bool) bool {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return false
	}
	if s.socket != nil {
		s.socket.abandon(protocol.CloseReplaced, "another socket has this session")
	}
	if s.leaving != nil {
		s.leaving.Stop()
		s.leaving = nil
	}
	s.socket = to
	s.show(token, user)
	whole := !resumed || s.replay.reaches(lastSeq)
	s.restored = true
	at := s.replay.last
	s.mu.Unlock()

	welcome := s.welcome(resumed)
	if !whole { // what follows at may be in the snapshot as well, which does no harm
		snapshot := s.client.Snapshot()
		welcome.Snapshot, lastSeq = &snapshot, at
	}
	frame, err := protocol.Encode(protocol.Head{Re: id}, welcome)
	if err != nil {
		s.server.cfg.Log.Error("welcome cannot be written", "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restored = false
	if s.socket != to {
		return false
	}
	s.write(to, frame)
	for _, answer := range s.late {
		s.write(to, answer)
	}
	s.late = nil
	s.replay.acknowledge(lastSeq)
	s.count()
	for _, event := range s.replay.kept {
		s.write(to, event.frame)
	}
	return true
}

func (s *Session) welcome(resumed bool) *protocol.Welcome {
	now := time.Now()
	return &protocol.Welcome{
		Session: s.secret, Resumed: resumed, GraceMs: int(grace.Milliseconds()), ServerTime: int(now.UnixMilli()),
		TokenExpiresMs: int(time.Until(s.expires).Milliseconds()), User: s.user, IceServers: s.iceServers(),
		Limits: protocol.Limits{FrameBytes: maxFrame, RequestsPerSecond: requestRate, OpenRequests: maxOpen, Calls: MaxCalls, ReportMs: int(s.server.cfg.ReportEvery.Milliseconds())},
	}
}

// iceServers are those of the user, with credentials that are new.
func (s *Session) iceServers() []protocol.IceServer {
	if give := s.server.cfg.ICEServers; give != nil {
		return give(s.user)
	}
	return []protocol.IceServer{}
}

// detach is the end of a socket. The session waits for another one.
func (s *Session) detach(from *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.socket != from {
		return
	}
	s.socket = nil
	wait := grace
	if s.revoked { // it still hears its calls
		wait = revokedGrace
	}
	s.leaving = time.AfterFunc(wait, func() { s.expire() })
}

// expire ends a session that nobody came back to.
func (s *Session) expire() {
	s.mu.Lock()
	away := s.socket == nil
	s.mu.Unlock()
	if away {
		s.end(protocol.CloseNoSession, "the session has expired", true)
	}
}

// end is the end of the session.
func (s *Session) end(code int, text string, abrupt bool) {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return
	}
	s.over = true
	if s.socket != nil {
		s.socket.close(code, text)
	}
	if s.leaving != nil {
		s.leaving.Stop()
	}
	s.replay, s.answers = replay{}, answers{}
	s.count()
	s.mu.Unlock()
	s.server.forget(s)
	s.client.Left(abrupt)
}
