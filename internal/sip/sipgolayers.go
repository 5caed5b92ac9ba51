package sip

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// quietSipgo keeps sipgo's own log out of ours, once for the process.
var quietSipgo = sync.OnceFunc(func() { sip.SetDefaultLogger(slog.New(slog.DiscardHandler)) })

// writeTimeout bounds how long a peer that does not read may stall a writer.
const writeTimeout = 10 * time.Second

// dialTimeout bounds connecting to a peer over TCP or TLS.
const dialTimeout = 10 * time.Second

// buildLayers makes sipgo's transports, for connections, and our transactions.
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
	s.transport.OnMessage(s.readFromStream)
	s.transactions = transaction.New(transaction.Config{
		T1: sip.T1, T2: sip.T2, T4: sip.T4,
		Limited: func(host netip.Addr) bool { return !s.trunks.Knows(host) },
		Send:    s.sendTo,
		Request: s.receive,
		Stray:   func(response *sip.Response) { s.endBranch(response, nil) },
		Log:     slog.New(debugOnly{s.log.Handler()}),
	})
	s.keptConns.closed = func(c *keptConn) {
		s.streamClosed(c)
		s.registering.connectionClosed(addressOf(c.RemoteAddr()))
	}
}

// readFromStream takes a message that came over a connection, on the goroutine that read
// it. The requests of one that has closed meanwhile are of nobody.
func (s *Server) readFromStream(message sip.Message) {
	if _, isResponse := message.(*sip.Response); isResponse {
		s.arrive(message, transaction.Peer{})
		return
	}
	conn, err := s.transport.GetConnection(message.Transport(), message.Source())
	if err != nil {
		s.log.Debug("request not handled: its connection closed", "source", message.Source())
		return
	}
	defer conn.TryClose() // the reference that Get took
	s.arrive(message, transaction.Peer{Address: sourceOf(message), Stream: conn.(transaction.Stream)})
}

// sendTo writes a message as the transactions want it.
func (s *Server) sendTo(to transaction.Peer, message []byte) error {
	if to.Stream != nil {
		_, err := to.Stream.Write(message)
		return err
	}
	_, err := s.udp.WriteToUDPAddrPort(message, to.Address)
	return err
}

// streamClosed tells the transactions over a connection that it closes.
func (s *Server) streamClosed(conn net.Conn) {
	s.transactions.StreamClosed(conn.LocalAddr().String(), conn.RemoteAddr().String())
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
