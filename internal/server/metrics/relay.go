package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/webrtc/relay"
)

// Relay counts what TURN relays.
func Relay(of *relay.Server) prometheus.Collector { return turn{of} }

type turn struct{ of *relay.Server }

var (
	turnAllocations = prometheus.NewDesc("switchhook_turn_allocations", "TURN allocations of browsers.", nil, nil)
	turnDropped     = prometheus.NewDesc("switchhook_turn_dropped_packets_total", "Packets that TURN dropped, because an allocation or all together had sent too much.", nil, nil)
)

// Describe names the metrics.
func (turn) Describe(to chan<- *prometheus.Desc) {
	to <- turnAllocations
	to <- turnDropped
}

// Collect reads them.
func (t turn) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(turnAllocations, prometheus.GaugeValue, float64(t.of.Allocations()))
	to <- prometheus.MustNewConstMetric(turnDropped, prometheus.CounterValue, float64(t.of.Dropped()))
}
