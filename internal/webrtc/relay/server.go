package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/turn/v5"

	"github.com/switchhook/switchhook/internal/listen"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/webrtc/pionlog"
)

// Config is what a Server needs.
type Config struct {
	Listen string      // host:port of UDP, and of TCP; "" for neither
	Secure string      // host:port of TLS; "" for none
	TLS    *tls.Config // of Secure
	Host   string      // name or address that clients are told; "": that of the listener

	Media  netip.AddrPort // of our media, which alone is relayed to; all addresses of this machine if unspecified
	Public netip.Addr     // the address that clients are told of our media; zero: its own

	Allocations int // at one time
	PerUser     int // of them, of one user
	Bandwidth   int // of all together, both directions, in Mbit/s

	// Present reports whether a user has a session.
	Present func(user string) bool
	// Limit bounds the connections of a TCP listener; nil: nobody does. Proven is told of
	// those whose client has shown good credentials.
	Limit  func(net.Listener) net.Listener
	Proven func(net.Conn)
	Log    *slog.Logger
}

// Server relays.
type Server struct {
	cfg         Config
	credentials *credentials
	gate        *gate
	users       users
	all         *ratelimit.Bucket // of the bandwidth, in units
	dropped     atomic.Uint64
	udp         *net.UDPConn
	tcp, secure net.Listener
	pion        *turn.Server

	mu      sync.Mutex
	outlets map[*outlet]struct{}
}

// Open opens the sockets, and relays.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Proven == nil {
		cfg.Proven = func(net.Conn) {}
	}
	bytes := float64(cfg.Bandwidth) * 1e6 / 8
	s := &Server{
		cfg: cfg, credentials: newCredentials(time.Now), gate: newGate(),
		all:   ratelimit.NewBucket(ratelimit.Rate{PerSecond: bytes / unit, Burst: int(bytes / unit / 4)}),
		users: users{of: make(map[string]int)}, outlets: make(map[*outlet]struct{}),
	}
	err := s.listen(ctx)
	if err == nil {
		err = s.serve()
	}
	if err != nil {
		s.closeSockets()
		return nil, err
	}
	return s, nil
}

func (s *Server) listen(ctx context.Context) (err error) {
	if s.cfg.Listen != "" {
		if s.udp, s.tcp, err = listen.Both(ctx, "turn.listen", s.cfg.Listen); err != nil {
			return err
		}
	}
	if s.cfg.Secure == "" {
		return nil
	}
	var config net.ListenConfig
	if s.secure, err = config.Listen(ctx, "tcp", s.cfg.Secure); err != nil {
		return listen.Error("turn.tls", s.cfg.Secure, err)
	}
	return nil
}

// serve lets pion serve the sockets.
func (s *Server) serve() (err error) {
	config := turn.ServerConfig{
		Realm: realm, LoggerFactory: pionlog.Factory{Log: s.cfg.Log}, InboundMTU: maxMessage,
		AuthHandler: func(request *turn.RequestAttributes) (string, []byte, bool) {
			return s.credentials.check(request, s.cfg.Present)
		},
		QuotaHandler: func(user, _ string, _ net.Addr) bool { return s.users.has(user) < s.cfg.PerUser },
	}
	if s.udp != nil {
		config.PacketConnConfigs = []turn.PacketConnConfig{{
			PacketConn: packets{s.udp, s.gate}, RelayAddressGenerator: s, PermissionHandler: s.permits,
		}}
	}
	for listener, secure := range map[*net.Listener]*tls.Config{&s.tcp: nil, &s.secure: s.cfg.TLS} {
		if *listener == nil {
			continue
		}
		counted := *listener
		if s.cfg.Limit != nil {
			counted = s.cfg.Limit(counted)
		}
		*listener = &streams{Listener: counted, tls: secure, gate: s.gate, proven: s.cfg.Proven, open: make(map[*stream]struct{})}
		config.ListenerConfigs = append(config.ListenerConfigs, turn.ListenerConfig{
			Listener: *listener, RelayAddressGenerator: s, PermissionHandler: s.permits,
		})
	}
	s.pion, err = turn.NewServer(config)
	return err
}

// packets is the UDP socket, behind the gate.
type packets struct {
	*net.UDPConn
	gate *gate
}

// ReadFrom waits for a message that passes.
func (p packets) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := p.UDPConn.ReadFromUDPAddrPort(b)
		if err != nil {
			return 0, nil, err
		}
		if p.gate.passes(b[:n], from, time.Now()) {
			return n, net.UDPAddrFromAddrPort(from), nil
		}
	}
}

// Allocations counts those that there are.
func (s *Server) Allocations() int { return s.users.count() }

// Dropped counts the packets that were beyond a bandwidth.
func (s *Server) Dropped() uint64 { return s.dropped.Load() }

func (s *Server) note(o *outlet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outlets[o] = struct{}{}
}

func (s *Server) forget(o *outlet) {
	s.mu.Lock()
	_, open := s.outlets[o]
	delete(s.outlets, o)
	s.mu.Unlock()
	if open {
		s.users.leave(o.user)
	}
}

// Close ends the allocations and closes the sockets.
func (s *Server) Close() error {
	err := s.closeSockets()
	s.mu.Lock()
	var left []*outlet
	for o := range s.outlets {
		left = append(left, o)
	}
	s.mu.Unlock()
	for _, o := range left {
		err = errors.Join(err, o.Close())
	}
	return err
}

func (s *Server) closeSockets() (err error) {
	if s.udp != nil {
		err = s.udp.Close()
	}
	for _, listener := range []net.Listener{s.tcp, s.secure} {
		if listener != nil {
			err = errors.Join(err, listener.Close())
		}
	}
	return err
}
