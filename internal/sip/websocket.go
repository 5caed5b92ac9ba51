package sip

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/gobwas/ws"
)

// SIP over WebSocket (RFC 7118) comes in through the HTTP listeners, with their
// certificate. A client has no address at which anybody could reach it: requests
// to it go over its own connection, and when that closes the client is gone.
const (
	webSocketProtocol = "sip" // RFC 7118 §4.1
	handshakeTime     = 5 * time.Second
	socketPing        = 30 * time.Second
	socketSilence     = 75 * time.Second // two pings unanswered
)

// webSockets are the connections of browsers and other clients.
type webSockets struct {
	server *Server
	plain  handoverListener // those that came over HTTP
	secure handoverListener // over HTTPS

	mu        sync.Mutex
	open      map[netip.AddrPort]*webSocketConn // by the client's address
	strangers []*webSocketConn                  // that have shown no credentials, the oldest first, and some that have since
}

func newWebSockets(s *Server) *webSockets {
	w := &webSockets{server: s, open: make(map[netip.AddrPort]*webSocketConn)}
	w.plain.conns, w.secure.conns = make(chan net.Conn), make(chan net.Conn)
	w.plain.done, w.secure.done = s.ctx.Done(), s.ctx.Done()
	return w
}

// start lets sipgo serve what ServeHTTP takes in.
func (w *webSockets) start() {
	s := w.server
	w.plain.addr, w.secure.addr = s.tcp.Addr(), s.tcp.Addr()
	s.serve("ws", func() error { return s.transport.ServeWS(&w.plain) })
	s.serve("wss", func() error { return s.transport.ServeWSS(&w.secure) })
	s.work.Go(w.pingAll)
}

// transports are sipgo's transports, which serve connections and never make one.
func (w *webSockets) transports() (plain *sip.TransportWS, secure *sip.TransportWSS) {
	stream := func() *sip.TransportWS {
		return &sip.TransportWS{WriteTimeout: writeTimeout, DialerCreate: func(net.Addr) ws.Dialer {
			return ws.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return nil, errNoSocket }}
		}}
	}
	return stream(), &sip.TransportWSS{TransportWS: stream()}
}

var errNoSocket = errors.New("the client's WebSocket is closed, and only the client can open another")

// isOpen reports whether there is a connection from the same address and port already,
// as two proxies may name them: requests could go to the wrong one of the two.
func (w *webSockets) isOpen(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open[addressOf(conn.RemoteAddr())] != nil
}

func (w *webSockets) add(s *webSocketConn) {
	w.mu.Lock()
	w.open[addressOf(s.RemoteAddr())] = s
	w.mu.Unlock()
}

func (w *webSockets) remove(s *webSocketConn) {
	at := addressOf(s.RemoteAddr())
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open[at] == s {
		delete(w.open, at)
	}
}

func (w *webSockets) all() (list []*webSocketConn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.open {
		list = append(list, s)
	}
	return list
}

// pingAll pings the clients, so that proxies do not take them for idle and dead
// ones are noticed.
func (w *webSockets) pingAll() {
	ticker := time.NewTicker(socketPing)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			for _, s := range w.all() { // a client that takes nothing is waited for beside the others
				w.server.work.Go(s.ping)
			}
		case <-w.server.ctx.Done():
			return
		}
	}
}

// close closes all connections.
func (w *webSockets) close() {
	var closing sync.WaitGroup
	for _, s := range w.all() {
		closing.Go(func() { s.Close() })
	}
	closing.Wait()
}

// at returns the local address that clients of a transport connect to, once one has.
func (w *webSockets) at(transport string) (netip.AddrPort, bool) {
	listener := &w.plain
	if transport == "WSS" {
		listener = &w.secure
	}
	if at := listener.lastLocal.Load(); at != nil {
		return *at, true
	}
	return netip.AddrPort{}, false
}

// isWebSocket reports whether a transport is one of RFC 7118's.
func isWebSocket(transport string) bool { return transport == "WS" || transport == "WSS" }

// WebSocket is the HTTP handler of SIP over WebSocket. Before Start and after Close
// it refuses.
func (s *Server) WebSocket() http.Handler { return s.sockets }
