// Package metrics shows Prometheus what the pieces of a server count. The pieces
// keep their counters; a collector here reads them when Prometheus asks.
package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
)

// New returns a registry with the metrics of Go and of the process.
func New() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// Calls counts the calls.
func Calls(calls *call.Registry) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_calls", Help: "Calls that have not ended.",
	}, func() float64 { return float64(calls.Active()) })
}

// Ports counts the RTP ports in use.
func Ports(ports *rtp.Ports) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_rtp_port_pairs", Help: "Pairs of RTP ports in use.",
	}, func() float64 { return float64(ports.InUse()) })
}

// PortsLimit shows how many of them there are.
func PortsLimit(ports *rtp.Ports) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_rtp_port_pairs_limit", Help: "Pairs of RTP ports that rtp-ports has.",
	}, func() float64 { return float64(ports.Pairs()) })
}
