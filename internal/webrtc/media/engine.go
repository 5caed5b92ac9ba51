package media

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/webrtc/pionlog"
)

// Config is what an Engine needs.
type Config struct {
	// Listen is host:port of UDP, and of TCP; port 0 takes one that is free in both. The host
	// localhost is all addresses of this machine, for its own programs alone.
	Listen string
	Public netip.Addr // the address that clients are told, except of localhost; zero: our own
	// Limit bounds the connections of the TCP listener; nil: nobody does.
	Limit func(net.Listener) net.Listener
	// Proven is told of each of its connections over which a client has come; nil: nobody
	// is. It must not block.
	Proven func(net.Conn)
	Log    *slog.Logger
}

// Times of ICE (RFC 8445, RFC 7675).
const (
	lostAfter = 5 * time.Second   // without a packet a path counts as interrupted
	goneAfter = 120 * time.Second // and then the connection as over
	keepAlive = 2 * time.Second
)

// handshakeAgain is how long an answer of the DTLS handshake may take before what asks for
// it is sent again, twice as long each time. RFC 9147 §5.8.2 permits less than its second
// where people wait; browsers begin with 50 ms.
const handshakeAgain = 100 * time.Millisecond

// Engine makes peer connections on one UDP and one TCP port.
type Engine struct {
	settings       webrtc.SettingEngine
	codecs         *webrtc.MediaEngine
	interceptors   *interceptor.Registry
	certificate    webrtc.Certificate
	udp            *net.UDPConn
	tcp            net.Listener
	loopback       bool       // clients on this machine are told its loopback addresses too
	public         netip.Addr // that clients are told; zero: our own
	arrivals       *arrivals  // on tcp
	muxUDP         *ice.UDPMuxDefault
	muxTCP         *ice.TCPMuxDefault
	log            *slog.Logger
	closing        sync.WaitGroup // connections that are being closed
	waiting        waiting        // what came and nobody has read, of all connections
	longHandshakes atomic.Uint64  // see LongHandshakes
	consents       consentClock
	claims         addressClaims
}

// Open opens the sockets.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	e := &Engine{log: cfg.Log, public: cfg.Public}
	if isLocalhost(cfg.Listen) {
		e.public = netip.Addr{}
	}
	var err error
	if e.udp, e.tcp, err = openSockets(ctx, cfg.Listen); err != nil {
		return nil, err
	}
	e.loopback = e.Addr().Addr().IsLoopback() || isLocalhost(cfg.Listen)
	if isLocalhost(cfg.Listen) && !e.Addr().Addr().IsUnspecified() {
		e.log.Info("media of browsers is on 127.0.0.1 alone, where Firefox sends none: this system has no filter of sockets")
	}
	if err := e.prepare(cfg); err != nil {
		e.udp.Close()
		e.tcp.Close()
		return nil, err
	}
	return e, nil
}

func (e *Engine) prepare(cfg Config) error {
	listener := e.tcp
	if cfg.Limit != nil {
		listener = cfg.Limit(listener)
	}
	e.arrivals = newArrivals(listener, cfg.Proven, &e.longHandshakes)
	logs := pionlog.Factory{Log: cfg.Log}
	e.muxUDP = ice.NewUDPMuxDefault(ice.UDPMuxParams{Logger: logs.NewLogger("mux"), UDPConn: filteredUDP{e.udp, &e.longHandshakes}})
	e.muxTCP = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Logger: logs.NewLogger("mux"), Listener: e.arrivals, ReadBufferSize: 8,
		WriteBufferSize:      256 << 10, // a peer that does not read must not hold up others (pion/ice #438)
		FirstStunBindTimeout: 5 * time.Second, AliveDurationForConnFromStun: 5 * time.Second,
	})
	settings := webrtc.SettingEngine{LoggerFactory: logs}
	settings.SetLite(true)
	settings.SetICETimeouts(lostAfter, goneAfter, keepAlive)
	settings.SetDTLSRetransmissionInterval(handshakeAgain)
	settings.DisableCloseByDTLS(true) // a page that replaces its connection stays in its call
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetIncludeLoopbackCandidate(e.loopback)
	if e.public.IsValid() {
		if err := settings.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: []string{e.public.String()}, AsCandidateType: webrtc.ICECandidateTypeHost,
		}); err != nil {
			return err
		}
	}
	e.settings = settings
	var err error
	if e.codecs, err = codecs(); err != nil {
		return err
	}
	// For pictures alone: reports are package rtp's, and pion's defaults cost a quarter of a leg.
	e.interceptors = &interceptor.Registry{}
	e.interceptors.Add(reportsFactory{})
	e.interceptors.Add(unnamedFactory{})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	certificate, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return err
	}
	e.certificate = *certificate
	return nil
}

// Close closes the sockets, and waits for connections that are being closed. Close the
// peers first.
func (e *Engine) Close() error {
	e.closing.Wait()
	return errors.Join(e.muxUDP.Close(), e.muxTCP.Close(), ignoreClosed(e.udp.Close()), ignoreClosed(e.tcp.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
