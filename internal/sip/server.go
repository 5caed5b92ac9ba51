package sip

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
	"golang.org/x/sync/singleflight"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Server listens for phones and calls them.
type Server struct {
	cfg    Config
	trunks *trunk.Table
	calls  Calls
	ports  *rtp.Ports
	log    *slog.Logger

	transport    *sip.TransportLayer
	transactions *sip.TransactionLayer
	tags         tags
	completed    completed
	locator      *locator
	health       health
	trunkMethods trunkMethods
	registering  registrationClients
	dialled      dialled // over TLS
	dialledTCP   dialled
	lines        lines
	noTCP        tcpRefusals
	connecting   singleflight.Group
	gate         *gate.Gate
	meter        *loadMeter
	legs         legs
	locals       locals
	sockets      *webSockets

	udp      net.PacketConn
	tcp, tls net.Listener
	draining atomic.Bool
	ctx      context.Context // of helpers: done when the server closes
	cancel   context.CancelFunc
	closing  sync.Once
	work     sync.WaitGroup // listeners, legs and their helpers
}

// New makes a server that does not listen yet.
func New(cfg Config, trunks *trunk.Table, calls Calls, ports *rtp.Ports, log *slog.Logger) *Server {
	setSipgoLimits()
	s := &Server{cfg: cfg.withDefaults(), trunks: trunks, calls: calls, ports: ports, log: log, tags: newTags(), completed: newCompleted(maxCompleted), locals: newLocals(), noTCP: newTCPRefusals()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.legs.max = s.cfg.MaxLegs
	s.locator = newLocator(s.cfg.Resolver)
	s.meter, s.sockets = newLoadMeter(s.cfg.Strain), newWebSockets(s)
	measure := s.meter.measure
	if s.cfg.measure != nil {
		measure = s.cfg.measure
	}
	s.gate = gate.New(gate.Config{
		Peers: peers{s}, Realm: s.cfg.UserAgent, Algorithms: s.cfg.Digests, UnknownLife: s.cfg.unknownLife, Log: log,
		Measure: measure,
	})
	s.buildLayers()
	return s
}

// Start opens the listeners and serves until Close. An error names the address
// that could not be taken. Trunks' host names are looked up in the background.
func (s *Server) Start(ctx context.Context) error {
	if err := s.listen(ctx); err != nil {
		s.closeListeners()
		return err
	}
	// sipgo enters a listener when its reader starts; a call may leave before.
	at := s.udp.LocalAddr().String()
	s.transport.Pool("udp").Add(at, &sip.UDPConnection{PacketConn: s.udp, PacketAddr: at, Listener: true})
	s.serve("udp", func() error { return s.transport.ServeUDP(s.udp) })
	s.serve("tcp", func() error { return s.transport.ServeTCP(limitedListener{s.tcp, s}) })
	if s.tls != nil {
		s.serve("tls", func() error {
			return s.transport.ServeTLS(tls.NewListener(limitedListener{s.tls, s}, modern(s.cfg.TLS)))
		})
	}
	s.dialled = dialled{made: make(chan introduction), done: s.ctx.Done(), addr: s.tcp.Addr()}
	s.dialledTCP = s.dialled
	s.dialledTCP.made = make(chan introduction)
	s.serve("tls", func() error { return s.transport.ServeTLS(&s.dialled) })
	s.serve("tcp", func() error { return s.transport.ServeTCP(&s.dialledTCP) })
	s.work.Go(s.keepLines)
	s.sockets.start()
	s.work.Go(s.refreshTrunks)
	s.work.Go(s.pingTrunks)
	if s.cfg.Phones != nil {
		s.work.Go(s.keepFlows)
	}
	s.registering.start(s)
	return nil
}

// listen opens UDP and TCP on one port, and TLS on another.
func (s *Server) listen(ctx context.Context) (err error) {
	var config net.ListenConfig
	const tries = 8 // for port 0: what TCP got may be taken on UDP
	for try := range tries {
		if s.tcp, err = config.Listen(ctx, "tcp", s.cfg.Listen); err != nil {
			return fmt.Errorf("listen for SIP on %s: %w", s.cfg.Listen, err)
		}
		var conn net.PacketConn
		if conn, err = config.ListenPacket(ctx, "udp", s.tcp.Addr().String()); err == nil {
			s.udp = s.openPackets(conn.(*net.UDPConn))
			break
		}
		s.tcp.Close()
		if _, port, _ := net.SplitHostPort(s.cfg.Listen); port != "0" || try == tries-1 {
			return fmt.Errorf("listen for SIP on %s: %w", s.cfg.Listen, err)
		}
	}
	if s.cfg.ListenTLS == "" {
		return nil
	}
	if s.cfg.TLS == nil {
		return fmt.Errorf("listen for SIP over TLS on %s: no certificate", s.cfg.ListenTLS)
	}
	if s.tls, err = config.Listen(ctx, "tcp", s.cfg.ListenTLS); err != nil {
		return fmt.Errorf("listen for SIP over TLS on %s: %w", s.cfg.ListenTLS, err)
	}
	return nil
}

// packetRoom is the room for datagrams that nobody has read yet: a burst of a
// thousand INVITEs must not be lost to the kernel's default.
const packetRoom = 4 << 20

func (s *Server) openPackets(conn *net.UDPConn) net.PacketConn {
	conn.SetReadBuffer(packetRoom) // the kernel gives what it allows
	return timeArrivals(conn, s.arrived)
}

func (s *Server) serve(network string, serve func() error) {
	s.work.Go(func() {
		if err := serve(); err != nil && s.ctx.Err() == nil {
			s.log.Error("SIP listener failed", "transport", network, "error", err)
		}
	})
}

// refreshTrunks looks up the trunks' host names, now and every few minutes.
func (s *Server) refreshTrunks() {
	const every = 5 * time.Minute
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := s.trunks.Refresh(s.ctx, s.locator); err != nil && s.ctx.Err() == nil {
			s.log.Warn("a trunk's host was not found", "error", err)
		}
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			return
		}
	}
}

// Addr is where UDP and TCP are heard, once started.
func (s *Server) Addr() net.Addr { return s.tcp.Addr() }

// TLSAddr is where TLS is heard, once started; nil without TLS.
func (s *Server) TLSAddr() net.Addr {
	if s.tls == nil {
		return nil
	}
	return s.tls.Addr()
}

// Drain refuses new calls from now on, with 503 and Retry-After. Calls that go
// on are not touched.
func (s *Server) Drain() { s.draining.Store(true) }

// Legs counts the legs that exist.
func (s *Server) Legs() int { return s.legs.count() }

// Close ends every leg, gives their peers a moment to hear of it, and frees all
// sockets. It returns when every goroutine of the server is gone.
func (s *Server) Close() {
	s.closing.Do(func() {
		s.Drain()
		for _, l := range s.legs.all() {
			l.End(call.Reason{Kind: call.ServerStopped, Text: "the server stops"})
		}
		s.legs.wait(closeGrace)
		s.registering.stop()
		s.cancel()
		s.transactions.Close()
		s.transport.Close()
		s.sockets.close()
		s.closeListeners()
	})
	s.work.Wait()
}

// closeGrace is how long Close waits for the answers to its BYEs.
const closeGrace = 500 * time.Millisecond

func (s *Server) closeListeners() {
	if s.udp != nil {
		s.udp.Close()
	}
	for _, listener := range []net.Listener{s.tcp, s.tls} {
		if listener != nil {
			listener.Close()
		}
	}
}
