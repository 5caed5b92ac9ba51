package sip

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// setSipgoLimits changes sipgo's global settings, once for the process.
var setSipgoLimits = sync.OnceFunc(func() {
	// sipgo refuses to send datagrams beyond its idea of an MTU. UDP fragments;
	// which transport a trunk wants is the trunk's setting.
	sip.UDPMTUSize = 65000
	// A repeated INVITE after our 2xx is absorbed by completed; sipgo's memory of it
	// would be two hundred times as large, and cannot be ended early.
	sip.Timer_L = sip.T1
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
})

// writeTimeout bounds how long a peer that does not read may stall a writer.
const writeTimeout = 10 * time.Second

// dialTimeout bounds connecting to a peer over TCP or TLS.
const dialTimeout = 10 * time.Second

// buildLayers makes sipgo's transports and transactions.
func (s *Server) buildLayers() {
	// sipgo logs whole messages that it cannot read as errors; what it logs is for debugging.
	quiet := slog.New(countUnreadable{debugOnly{s.log.Handler()}, s.gate.Counts.NoteMalformed})
	stream := func() *sip.TransportTCP {
		return &sip.TransportTCP{
			WriteTimeout: writeTimeout,
			DialerCreate: func(local net.Addr) net.Dialer { return net.Dialer{Timeout: dialTimeout, LocalAddr: local} },
		}
	}
	socket, secureSocket := s.sockets.transports()
	s.transport = sip.NewTransportLayer(net.DefaultResolver, header.NewParser(), s.cfg.ClientTLS,
		sip.WithTransportLayerLogger(quiet),
		sip.WithTransportLayerReadFilter(s.filterReads),
		sip.WithTransportLayerTransports(sip.TransportsConfig{TCP: stream(), TLS: &sip.TransportTLS{TransportTCP: stream()}, WS: socket, WSS: secureSocket}),
	)
	s.transport.OnMessage(s.arrive) // before the transactions: it runs on the reader
	s.transactions = sip.NewTransactionLayer(s.transport,
		sip.WithTransactionLayerLogger(quiet),
		sip.WithTransactionLayerTerminateOnConnClose(),
		sip.WithTransactionLayerUnhandledResponseHandler(func(response *sip.Response) { s.endBranch(response, nil) }),
	)
	s.transactions.OnRequest(s.receive)
}

// debugOnly makes every record a debugging one.
type debugOnly struct{ slog.Handler }

func (h debugOnly) Enabled(ctx context.Context, _ slog.Level) bool {
	return h.Handler.Enabled(ctx, slog.LevelDebug)
}

func (h debugOnly) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slog.LevelDebug
	return h.Handler.Handle(ctx, r)
}

func (h debugOnly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return debugOnly{h.Handler.WithAttrs(attrs)}
}
func (h debugOnly) WithGroup(name string) slog.Handler { return debugOnly{h.Handler.WithGroup(name)} }
