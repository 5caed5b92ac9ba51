package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Permits counts refused calls by rule, and the calls of each trunk.
func Permits(rules *permit.Rules, trunks *trunk.Table) prometheus.Collector {
	return permits{rules, trunks}
}

type permits struct {
	rules  *permit.Rules
	trunks *trunk.Table
}

var (
	callsRefused = prometheus.NewDesc("switchhook_calls_refused_total",
		"Calls that a rule refused: a guard by its name, caller-ids, capabilities, max-calls, calls-per-second.", []string{"rule"}, nil)
	trunkCalls = prometheus.NewDesc("switchhook_trunk_calls",
		"Calls of the trunk now.", []string{"trunk", "direction"}, nil)
)

// Describe names the metrics.
func (permits) Describe(to chan<- *prometheus.Desc) {
	to <- callsRefused
	to <- trunkCalls
}

// Collect reads them.
func (m permits) Collect(to chan<- prometheus.Metric) {
	for rule, n := range m.rules.Refused() {
		to <- prometheus.MustNewConstMetric(callsRefused, prometheus.CounterValue, float64(n), rule)
	}
	for _, t := range m.trunks.Trunks() {
		load := m.rules.Load(t.Name)
		to <- prometheus.MustNewConstMetric(trunkCalls, prometheus.GaugeValue, float64(load.Inbound), t.Name, "inbound")
		to <- prometheus.MustNewConstMetric(trunkCalls, prometheus.GaugeValue, float64(load.Outbound), t.Name, "outbound")
	}
}
