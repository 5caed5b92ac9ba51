package sip

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
	"golang.org/x/sync/singleflight"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/sip/transaction"
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
	transactions *transaction.Layer
	tags         dialogTags
	serverField  sip.Header // Server of responses
	sources      sourceTexts
	completed    *completed
	branches     branches
	locator      *locator
	mediaNames   *mediaNames
	health       health
	trunkMethods trunkMethods
	registering  registrationClients
	dialledTLS   dialledListener // over TLS
	dialledTCP   dialledListener
	keptConns    keptConns
	noTCP        tcpRefusals
	connecting   singleflight.Group
	gate         *gate.Gate
	guesses      *registrar.Lockout
	meter        *loadMeter
	legs         legs
	locals       localAddresses
	sockets      *webSockets
	unanswered   unansweredInvites
	warnOfNAT    sync.Once

	udp      datagrams
	untraced datagrams // the same socket: what is sent over it is shown to nobody
	tcp, tls net.Listener
	draining atomic.Bool
	ctx      context.Context // of helpers: done when the server closes
	cancel   context.CancelFunc
	closing  sync.Once
	work     sync.WaitGroup // listeners, legs and their helpers
}

// New makes a server that does not listen yet.
func New(cfg Config, trunks *trunk.Table, calls Calls, ports *rtp.Ports, log *slog.Logger) *Server {
	quietSipgo()
	s := &Server{
		cfg: cfg.withDefaults(), trunks: trunks, calls: calls, ports: ports, log: log, tags: newDialogTags(),
		completed: newCompleted(maxCompleted), branches: newBranches(), locals: newLocals(), noTCP: newTCPRefusals(),
	}
	s.serverField = sip.NewHeader("Server", s.cfg.UserAgent)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.legs.max = s.cfg.MaxLegs
	s.locator, s.mediaNames = newLocator(s.cfg.Resolver), newMediaNames(s.cfg.Resolver)
	if s.guesses = registrar.NewLockout(); s.cfg.Phones != nil { // one for trunks and phones: a name may be anybody's
		s.guesses = s.cfg.Phones.Lockout()
	}
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
	s.serve("udp", s.readDatagrams)
	s.serve("tcp", func() error { return s.transport.ServeTCP(s.traceListener(limitedListener{s.tcp, s}, "TCP")) })
	if s.tls != nil {
		shaken := &handoverListener{conns: make(chan net.Conn), done: s.ctx.Done(), addr: s.tls.Addr()}
		s.serve("tls", func() error { return s.shakeHands(shaken, requireTLS12(s.cfg.TLS)) })
		s.serve("tls", func() error { return s.transport.ServeTLS(s.traceListener(shaken, "TLS")) })
	}
	s.dialledTLS = dialledListener{conns: make(chan connHandover), done: s.ctx.Done(), addr: s.tcp.Addr()}
	s.dialledTCP = s.dialledTLS
	s.dialledTCP.conns = make(chan connHandover)
	s.serve("tls", func() error { return s.transport.ServeTLS(s.traceListener(&s.dialledTLS, "TLS")) })
	s.serve("tcp", func() error { return s.transport.ServeTCP(s.traceListener(&s.dialledTCP, "TCP")) })
	s.work.Go(s.keepConnsAlive)
	s.sockets.start()
	s.work.Go(s.refreshTrunks)
	s.work.Go(s.pingTrunks)
	if s.cfg.Phones != nil {
		s.work.Go(s.keepFlowsAlive)
	}
	s.registering.start(s)
	return nil
}

// refreshTrunks looks up the trunks' host names, now and every few minutes.
func (s *Server) refreshTrunks() {
	const every = 5 * time.Minute
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := s.trunks.Refresh(s.ctx, s.locator); err != nil && s.ctx.Err() == nil {
			s.log.Warn("the host name of a trunk cannot be resolved", "error", err)
		}
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			return
		}
	}
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
