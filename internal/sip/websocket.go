package sip

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/sip/header"
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

// ServeHTTP takes a WebSocket with subprotocol sip. Pages of other sites may
// open one only where the settings name their origin.
func (w *webSockets) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	s := w.server
	switch {
	case s.draining.Load():
		out.Header().Set("Retry-After", header.Seconds(s.cfg.RetryAfter))
		http.Error(out, "the server is stopping", http.StatusServiceUnavailable)
		return
	case !slices.ContainsFunc(r.Header.Values("Sec-WebSocket-Protocol"), offersSIP):
		out.Header().Set("Upgrade", "websocket")
		http.Error(out, "SIP over WebSocket is served here: open a WebSocket with the subprotocol sip (RFC 7118)", http.StatusUpgradeRequired)
		return
	case !s.allowsOrigin(r):
		http.Error(out, "pages of "+r.Header.Get("Origin")+" may not open a WebSocket: add the origin to websocket-origins", http.StatusForbidden)
		return
	}
	upgrader := ws.HTTPUpgrader{Timeout: handshakeTime, Protocol: func(name string) bool { return name == webSocketProtocol }}
	conn, buffered, _, err := upgrader.Upgrade(r, out)
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		s.log.Debug("WebSocket not opened", "peer", r.RemoteAddr, "error", err)
		return
	}
	conn.SetDeadline(time.Time{}) // those of HTTP
	if conn = asClient(conn, r.RemoteAddr); w.isOpen(conn) {
		conn.Close()
		return
	}
	accepted, ok := s.accept(conn, false, false) // no trunk by its address
	if !ok {
		return
	}
	listener := &w.plain
	if r.TLS != nil {
		listener = &w.secure
	}
	at := addressOf(conn.LocalAddr())
	listener.lastLocal.Store(&at)
	made := newWebSocketConn(accepted, buffered.Reader, w.remove)
	if r.TLS != nil {
		w.server.traceSocket(made, "WSS")
	} else {
		w.server.traceSocket(made, "WS")
	}
	w.add(made)
	w.makeRoom(made)
	if !listener.hand(r.Context(), made) {
		made.Close()
	}
}

func offersSIP(header string) bool {
	return slices.ContainsFunc(strings.Split(header, ","), func(name string) bool { return strings.TrimSpace(name) == webSocketProtocol })
}

// allowsOrigin reports whether a page may open a connection: one of this server's,
// of a site that the settings name, or no page at all.
func (s *Server) allowsOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(s.cfg.Origins, "*") {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && strings.EqualFold(from.Host, r.Host) ||
		slices.ContainsFunc(s.cfg.Origins, func(allowed string) bool { return strings.EqualFold(allowed, origin) })
}

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
