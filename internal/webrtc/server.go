package webrtc

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sfu"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/signalling"
)

// Calls are the calls that clients take part in.
type Calls interface {
	Begin(call.Begin, call.Leg) (report func(call.Report), err error)
	Join(context.Context, call.Join, call.Leg) (report func(call.Report), err error)
}

// RoomRefusal is why somebody may not join a room.
type RoomRefusal uint8

// The refusals; zero is none.
const (
	NoRoom RoomRefusal = iota + 1
	NotNow
	NotInvited
)

// Admission is what somebody may do in a room.
type Admission struct {
	Role     call.Role
	DialsOut bool
	Refusal  RoomRefusal
}

// Rooms knows who may join which room.
type Rooms interface {
	Admit(ctx context.Context, room string, who identifier.ID) (Admission, error)
	// Joined is told that somebody has come, so that the call obeys what the room says
	// now, should it have changed meanwhile.
	Joined(room string)
}

// Config is what a Server needs.
type Config struct {
	Calls        Calls
	Rooms        Rooms
	Media        *media.Engine
	Authenticate func(ctx context.Context, token string) (signalling.User, signalling.Verdict)
	Proven       func(context.Context) // as in signalling.Config
	Strangers    int                   // as in signalling.Config
	Origins      []string
	ICEServers   func(user string) []protocol.IceServer // as in signalling.Config
	// Refused hears of calls that clients may not begin or join; it must not block.
	// nil: nobody does.
	Refused func(Refused)
	// AttestationHeader is the one in which applications read what the network says of a
	// caller: clients cannot write it; "": there is none.
	AttestationHeader string
	// Reports asks clients how their media go, every ReportEvery.
	Reports bool
	Log     *slog.Logger
}

// devicePrefix begins the names of clients among the devices of a user.
const devicePrefix = "client:"

// Server has the clients.
type Server struct {
	cfg      Config
	log      *slog.Logger
	sessions *signalling.Server
	ctx      context.Context // of requests; done with Close
	cancel   context.CancelFunc
	work     sync.WaitGroup
	meetings *meetings
	pictures sfu.Meter

	mu      sync.Mutex
	clients map[string]map[string]*client // by raw id of the user, and device
}

// New returns a server without clients.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, log: cfg.Log, meetings: newMeetings(), clients: make(map[string]map[string]*client)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	reports := time.Duration(0)
	if cfg.Reports {
		reports = ReportEvery
	}
	s.sessions = signalling.New(signalling.Config{
		ReportEvery:  reports,
		Authenticate: cfg.Authenticate, Proven: cfg.Proven, Strangers: cfg.Strangers, Origins: cfg.Origins, ICEServers: cfg.ICEServers, Log: cfg.Log,
		Open: func(session *signalling.Session) signalling.Client { return s.open(session) },
	})
	return s
}

// Pictures are what was forwarded and asked for of cameras and screens, and what goes on now.
func (s *Server) Pictures() (sfu.Counts, sfu.Now) { return s.pictures.Read(time.Now()) }

// ServeHTTP takes in the WebSocket of a client. Who calls it has checked the Host.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.sessions.ServeHTTP(w, r) }

// open makes the client of a session.
func (s *Server) open(session *signalling.Session) *client {
	c := newClient(s, session)
	s.mu.Lock()
	defer s.mu.Unlock()
	user := session.User()
	if s.clients[user] == nil {
		s.clients[user] = make(map[string]*client)
	}
	s.clients[user][c.device] = c
	return c
}

func (s *Server) forget(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := c.session.User()
	delete(s.clients[user], c.device)
	if len(s.clients[user]) == 0 {
		delete(s.clients, user)
	}
}

// Devices names the clients of a user, for call.Invitation.Device.
func (s *Server) Devices(user identifier.ID) (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for device := range s.clients[user.Raw()] {
		list = append(list, device)
	}
	return list
}

// Present reports whether a user has a session.
func (s *Server) Present(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.clients[user]) > 0
}

// IsClient reports whether a device is a client of ours.
func IsClient(device string) bool { return strings.HasPrefix(device, devicePrefix) }

// Dial lets a client ring.
func (s *Server) Dial(_ context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	s.mu.Lock()
	c := s.clients[in.To.Raw()][in.Device]
	s.mu.Unlock()
	if c == nil {
		return nil, fault.NotFound("the client of %s has left", in.To)
	}
	return c.ring(in, report)
}

// EndUser ends the sessions of a user who is no more, with their calls: nobody waits for its
// clients, which get no token that would let them come back.
func (s *Server) EndUser(user identifier.ID) { s.sessions.EndUser(user.Raw()) }

// CheckUser ends the sockets of a user whose tokens have been revoked. Its sessions wait for a
// newer token, for a short time.
func (s *Server) CheckUser(user identifier.ID) { s.sessions.CheckUser(user.Raw()) }

// Drain lets no new session in, and tells clients that the server will stop.
func (s *Server) Drain(in time.Duration) { s.sessions.Drain(in) }

// Close ends the sessions and their calls.
func (s *Server) Close() {
	s.sessions.Close()
	s.cancel()
	s.work.Wait()
}

// Sessions counts the sessions.
func (s *Server) Sessions() int { return s.sessions.Sessions() }

// Legs counts the calls of all clients, those that ring included.
func (s *Server) Legs() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, devices := range s.clients {
		for _, c := range devices {
			n += c.count()
		}
	}
	return n
}

// refusal is the answer to a request that failed.
func refusal(reason protocol.Reason, code, subCode int, message string) protocol.Message {
	return &protocol.Refusal{Reason: reason, Code: code, SubCode: subCode, Message: message}
}
