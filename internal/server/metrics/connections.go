package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/connlimit"
)

// Connections counts the connections of HTTP listeners, and those that a limit closed.
func Connections(limits map[string]*connlimit.Limit) prometheus.Collector {
	return connections{limits}
}

type connections struct{ limits map[string]*connlimit.Limit }

var (
	httpConnections = prometheus.NewDesc("switchhook_http_connections", "Connections of the listener now.", []string{"listener"}, nil)
	httpRefused     = prometheus.NewDesc("switchhook_http_connections_refused_total",
		"Connections that a limit closed: per-source, because their source had too many; displaced, to make room for others; full, those that no other could make room for.",
		[]string{"listener", "reason"}, nil)
)

// Describe names the metrics.
func (connections) Describe(to chan<- *prometheus.Desc) {
	to <- httpConnections
	to <- httpRefused
}

// Collect reads them.
func (c connections) Collect(to chan<- prometheus.Metric) {
	for listener, limit := range c.limits {
		counts := limit.Counts()
		to <- prometheus.MustNewConstMetric(httpConnections, prometheus.GaugeValue, float64(counts.Connections), listener)
		for reason, n := range map[string]uint64{"per-source": counts.PerSource, "displaced": counts.Displaced, "full": counts.Full} {
			to <- prometheus.MustNewConstMetric(httpRefused, prometheus.CounterValue, float64(n), listener, reason)
		}
	}
}
