package server

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

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
