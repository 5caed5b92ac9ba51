package signalling

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// User is who a token names.
type User struct {
	ID      string // raw id
	Expires time.Time
	Full    bool // scope voip: may begin calls; else voip.join
	// IssuedBy is who made the token, as package permit names askers; "": nobody whom guards
	// know.
	IssuedBy string
}

// Verdict is why a token is not taken.
type Verdict uint8

// The verdicts.
const (
	Good        Verdict = iota
	NotGood             // missing, expired, revoked
	NotForCalls         // of another scope
	NotKnown            // it could not be checked now
)

// Config is what a Server needs.
type Config struct {
	// Authenticate reads a token.
	Authenticate func(ctx context.Context, token string) (User, Verdict)
	// Open makes the client of a new session. It must not block.
	Open func(*Session) Client
	// Proven is told of a request whose socket has shown a good token; nil: nobody is.
	Proven func(context.Context)
	// Strangers is how many sockets may be open that have shown nothing yet: a part of the
	// connections of their listener. 0, and more than 512, takes 512.
	Strangers int
	Origins   []string // sites whose pages may connect, besides ours
	// ICEServers are those that a client of a user shall use; nil: none.
	ICEServers func(user string) []protocol.IceServer
	// ReportEvery is how often clients say how their media go; 0: never.
	ReportEvery time.Duration
	Log         *slog.Logger
}

// Client is what the requests of a session mean. Its methods are called one at a time.
type Client interface {
	// Take carries out a request. answer is called exactly once, from any goroutine, at
	// once or later. It is nil for a notice.
	Take(m protocol.Message, answer func(protocol.Message))
	// Snapshot is everything that the client's page has to know.
	Snapshot() protocol.Snapshot
	// Left is the end of the session: its calls end. abrupt: the client has left them, by
	// bye or by its silence; else the server stops.
	Left(abrupt bool)
}

// Server takes in sockets, and has the sessions.
type Server struct {
	cfg    Config
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	kept   kept
	queued atomic.Int64 // bytes that wait for sockets
	// tokensEnded counts the users who are no more, or whose tokens were revoked.
	tokensEnded atomic.Uint64

	mu        sync.Mutex
	closed    bool
	stopping  bool
	sessions  map[string]*Session // by secret
	byUser    map[string]int
	byAddress map[netip.Addr]int
	strangers []*place // that have shown nothing yet, the oldest first
}

// New returns a server without sessions.
func New(cfg Config) *Server {
	if cfg.Strangers == 0 || cfg.Strangers > maxStrangers {
		cfg.Strangers = maxStrangers
	}
	s := &Server{
		cfg: cfg, sessions: make(map[string]*Session),
		byUser: make(map[string]int), byAddress: make(map[netip.Addr]int),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// ServeHTTP takes in a socket, or a goodbye. Who calls it has checked the Host. A request for no WebSocket
// hears why one would be refused, else 426 (RFC 9110 §15.5.22).
func (s *Server) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if !s.allowsOrigin(r) {
		http.Error(out, "pages of "+r.Header.Get("Origin")+" may not connect: add the origin to websocket-origins", http.StatusForbidden)
		return
	}
	if r.Method == http.MethodGet && !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		out.Header().Set("Upgrade", "websocket")
		http.Error(out, "this is the WebSocket of browsers in calls", http.StatusUpgradeRequired)
		return
	}
	if r.Method == http.MethodPost {
		s.takeGoodbye(out, r)
		return
	}
	at, ok := s.admit(r.RemoteAddr)
	if !ok {
		out.Header().Set("Retry-After", "5")
		http.Error(out, "there are too many connections", http.StatusServiceUnavailable)
		return
	}
	upgrader := ws.HTTPUpgrader{Timeout: handshakeTime}
	conn, buffered, _, err := upgrader.Upgrade(r, out)
	if err != nil {
		at.leave()
		if conn != nil {
			conn.Close()
		}
		s.cfg.Log.Debug("WebSocket not opened", "peer", r.RemoteAddr, "error", err)
		return
	}
	conn.SetDeadline(time.Time{}) // those of HTTP
	socket := newSocket(conn, buffered.Reader, &s.queued)
	s.work.Go(func() {
		defer at.leave()
		defer socket.stop()
		s.serveAlone(context.WithoutCancel(r.Context()), socket, at)
	})
}

// newSecret draws the name of a session: 128 bits.
func newSecret() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Drain says goodbye to be: no new sessions, and clients are told when we will stop.
func (s *Server) Drain(in time.Duration) {
	for _, session := range s.all(func() { s.stopping = true }) {
		session.Send(&protocol.Goaway{InMs: int(in.Milliseconds())})
	}
}

// all lists the sessions, after a change under the lock.
func (s *Server) all(change func()) (list []*Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	for _, session := range s.sessions {
		list = append(list, session)
	}
	return list
}

// Close ends all sessions and closes their sockets.
func (s *Server) Close() {
	for _, session := range s.all(func() { s.closed = true }) {
		session.end(protocol.CloseStopping, "the server stops", false)
	}
	s.cancel()
	s.work.Wait()
}

// Sessions counts the sessions, those without a socket included.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}
