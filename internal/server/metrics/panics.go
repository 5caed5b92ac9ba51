package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/panics"
)

// Panics counts the panics of this process that ended one piece of work alone.
func Panics() prometheus.Collector { return recovered{} }

type recovered struct{}

var panicsTotal = prometheus.NewDesc("switchhook_panics_total", "Errors of the program that ended one piece of work alone, such as a call, a prompt or a request; the log has their stacks.", []string{"part"}, nil)

// Describe names the metric.
func (recovered) Describe(to chan<- *prometheus.Desc) { to <- panicsTotal }

// Collect reads the counts.
func (recovered) Collect(to chan<- prometheus.Metric) {
	panics.Counts(func(part string, n uint64) {
		to <- prometheus.MustNewConstMetric(panicsTotal, prometheus.CounterValue, float64(n), part)
	})
}
