package sip

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gobwas/ws"
	"github.com/switchhook/switchhook/internal/sip/header"
)

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
