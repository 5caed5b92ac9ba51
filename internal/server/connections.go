package server

import (
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/connlimit"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/trustedproxy"
)

// connectionLimit makes the limit of one HTTP listener's connections.
func (p *parts) connectionLimit() *connlimit.Limit {
	proxies := p.proxies()
	return connlimit.New(connlimit.Config{
		Connections: p.connections(),
		PerSource:   p.cfg.Connections.PerSource,
		Exempt:      func(from netip.Addr) bool { return from.IsLoopback() || proxies.Contains(from) },
	})
}

// connections is how many one HTTP listener has at one time.
func (p *parts) connections() int {
	ports := p.cfg.RTPPorts.High - p.cfg.RTPPorts.Low + 1
	return cmp.Or(p.cfg.Connections.PerListener, connlimit.Default(ports))
}

// proxies are those that the operator trusts.
func (p *parts) proxies() *trustedproxy.List { return trustedproxy.New(p.cfg.TrustedProxies) }

// proxied reads the header of the PROXY protocol on a listener, if it is configured.
func (p *parts) proxied(at net.Listener) net.Listener {
	if !p.cfg.ProxyProtocol {
		return at
	}
	return p.proxies().Listener(at, p.log)
}

// room says which listener had no room for a connection lately.
func (l *listeners) room() error {
	now := time.Now()
	switch {
	case l.secure.IsFull(now):
		return fault.Busy(0, "the HTTPS listener has no room for further connections; connections.per-listener sets how many it takes")
	case l.plain.IsFull(now):
		return fault.Busy(0, "the HTTP listener has no room for further connections; connections.per-listener sets how many it takes")
	}
	return nil
}

// withinLimit refuses what comes over a connection beyond the limit, and closes that
// connection after its answer. Probes pass before.
func withinLimit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if connlimit.IsReserve(r.Context()) {
			w.Header().Set("Retry-After", "2")
			http.Error(w, "the server has no room for further connections", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// closeReserve lets a connection beyond the limit serve one request only.
func closeReserve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if connlimit.IsReserve(r.Context()) {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
