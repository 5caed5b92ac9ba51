package server

import (
	"io"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
)

func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

func countCalls(registry prometheus.Registerer, calls *call.Registry) {
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_calls", Help: "Calls that have not ended.",
	}, func() float64 { return float64(calls.Active()) }))
}

func countPorts(registry prometheus.Registerer, ports *rtp.Ports) {
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_rtp_port_pairs", Help: "Pairs of RTP ports in use.",
	}, func() float64 { return float64(ports.InUse()) }))
}

// healthBeside answers what operators and their tools ask, without a signature,
// and leaves everything else to the APIs. /healthz says that the process serves,
// /readyz that it would take a call now. /metrics is on the plain door alone:
// HTTPS may be open to the world.
func (p *parts) healthBeside(apis http.Handler) http.Handler {
	metrics := promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/healthz":
			io.WriteString(w, "ok\n")
		case r.URL.Path == "/readyz":
			p.readyz(w)
		case r.URL.Path == "/sip" && p.phones != nil && wantsSocket(r): // else it is the SIP routing API
			p.phones.WebSocket().ServeHTTP(w, r)
		case r.URL.Path == "/metrics" && r.TLS == nil:
			metrics.ServeHTTP(w, r)
		default:
			apis.ServeHTTP(w, r)
		}
	})
}

// wantsSocket reports whether a request asks for a WebSocket (RFC 6455 §4.1, or
// RFC 8441 over HTTP/2, which is then told that it is not offered).
func wantsSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || r.Method == http.MethodConnect
}

func (p *parts) readyz(w http.ResponseWriter) {
	if why := p.notReady(); why != "" {
		w.Header().Set("Retry-After", "2")
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ok\n")
}

// notReady says why no call would be taken, "" where one would.
func (p *parts) notReady() string {
	if err := p.backbone.Healthy(); err != nil {
		return "the journal is not available: " + err.Error()
	}
	if err := p.calls.Ready(); err != nil {
		return err.Error()
	}
	return ""
}
