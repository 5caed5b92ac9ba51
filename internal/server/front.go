package server

import (
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/connlimit"
	"github.com/switchhook/switchhook/internal/console"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/insight"
	"github.com/switchhook/switchhook/internal/samples"
)

// front answers probes, hands SIP over WebSocket to the phones, sockets of browsers to theirs, and everything else
// to the APIs. What needs no signature is answered under our own names alone, as
// package rest does for its routes of that kind.
func (p *parts) front(apis http.Handler) http.Handler {
	hosts := auth.NewHosts(p.cfg.PublicHosts...)
	ours := ourNames(hosts)
	pages := p.samplePages(hosts)
	return p.proxies().Handler(connlimit.Handler(closeReserve(admin.Probes(p.ready, p.metrics, ours, withinLimit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sip" && p.phones != nil && wantsSocket(r) { // else it is the SIP routing API
			if ours(w, r) {
				p.phones.WebSocket().ServeHTTP(w, r)
			}
			return
		}
		if r.URL.Path == "/client" && (wantsSocket(r) || r.Method == http.MethodGet || r.Method == http.MethodPost) {
			// A WebSocket does not tell a page why it was refused. A plain GET by fetch does, to any page.
			w.Header().Set("Access-Control-Allow-Origin", "*")
			if ours(w, r) {
				p.serveBrowsers(w, r)
			}
			return
		}
		if samples.Serves(r.URL.Path) {
			if ours(w, r) {
				pages.ServeHTTP(w, r)
			}
			return
		}
		if console.Serves(r.URL.Path) {
			p.console.ServeHTTP(w, r)
			return
		}
		if r.URL.Path == "/" && wantsPage(r) && ours(w, r) {
			http.Redirect(w, r, console.Path, http.StatusFound)
			return
		}
		if p.sinks != nil && strings.HasPrefix(r.URL.Path, insight.SinkPath) {
			if ours(w, r) {
				p.sinks.ServeHTTP(w, r)
			}
			return
		}
		apis.ServeHTTP(w, r)
	}))))))
}

// ourNames refuses what does not come under a name of ours.
func ourNames(hosts *auth.Hosts) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !hosts.Admits(r) {
			http.Error(w, "this Host is not a name of this server; add it to public-host", http.StatusMisdirectedRequest)
			return false
		}
		return true
	}
}

// wantsPage reports whether a browser asks, on behalf of a person. Programs that ask for / get the
// error of the APIs.
func wantsPage(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// wantsSocket reports whether a request asks for a WebSocket (RFC 6455 §4.1, or
// RFC 8441 over HTTP/2, which is then told that it is not offered).
func wantsSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || r.Method == http.MethodConnect
}

// ready says why no call would be taken.
func (p *parts) ready() error {
	if err := p.backbone.Healthy(); err != nil {
		return fault.NotStored(err)
	}
	if err := p.deliveries.Failure(); err != nil {
		return fault.Busy(0, "the journal of deliveries cannot be written").WithCause(err)
	}
	if err := p.listeners.room(); err != nil {
		return err
	}
	if p.ports != nil {
		if err := p.ports.Ready(); err != nil {
			return err
		}
	}
	if err := p.remembering(); err != nil {
		return err
	}
	return p.calls.Ready()
}
