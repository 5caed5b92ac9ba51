package server

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/permit"
)

// openPermits makes the rules of who may call where.
func (p *parts) openPermits(context.Context) (err error) {
	p.permits, err = permit.New(permit.Config{
		Numbers: p.numbers, Trunks: p.trunks, Guards: p.cfg.Guards, Emergency: p.cfg.Emergency, Override: p.routing.CallerID,
	})
	if err != nil {
		return err
	}
	p.metrics.MustRegister(permitMetrics{p})
	return nil
}

// permitMetrics tell Prometheus what was refused, and what trunks carry.
type permitMetrics struct{ p *parts }

var (
	callsRefused = prometheus.NewDesc("switchhook_calls_refused_total",
		"Calls that a rule refused: a guard by its name, caller-ids, capabilities, max-calls, calls-per-second.", []string{"rule"}, nil)
	trunkCalls = prometheus.NewDesc("switchhook_trunk_calls",
		"Calls that a trunk carries now.", []string{"trunk", "direction"}, nil)
)

// Describe names the metrics.
func (permitMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- callsRefused
	to <- trunkCalls
}

// Collect reads them.
func (m permitMetrics) Collect(to chan<- prometheus.Metric) {
	for rule, n := range m.p.permits.Refused() {
		to <- prometheus.MustNewConstMetric(callsRefused, prometheus.CounterValue, float64(n), rule)
	}
	for _, t := range m.p.trunks.Trunks() {
		load := m.p.permits.Load(t.Name)
		to <- prometheus.MustNewConstMetric(trunkCalls, prometheus.GaugeValue, float64(load.Inbound), t.Name, "inbound")
		to <- prometheus.MustNewConstMetric(trunkCalls, prometheus.GaugeValue, float64(load.Outbound), t.Name, "outbound")
	}
}
