package server

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/admin"
)

// front answers probes, hands SIP over WebSocket to the phones and everything else
// to the APIs.
func (p *parts) front(apis http.Handler) http.Handler {
	return admin.Probes(p.ready, p.metrics, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sip" && p.phones != nil && wantsSocket(r) { // else it is the SIP routing API
			p.phones.WebSocket().ServeHTTP(w, r)
			return
		}
		apis.ServeHTTP(w, r)
	}))
}

// wantsSocket reports whether a request asks for a WebSocket (RFC 6455 §4.1, or
// RFC 8441 over HTTP/2, which is then told that it is not offered).
func wantsSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || r.Method == http.MethodConnect
}

// ready says why no call would be taken.
func (p *parts) ready() error {
	if err := p.backbone.Healthy(); err != nil {
		return fmt.Errorf("the journal is not available: %w", err)
	}
	return p.calls.Ready()
}
