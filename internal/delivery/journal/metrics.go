package journal

import "github.com/prometheus/client_golang/prometheus"

// metrics are what an operator watches of the journal.
type metrics struct {
	records  prometheus.Counter
	writes   prometheus.Histogram
	syncs    prometheus.Histogram
	failures prometheus.Counter
}

func newMetrics() metrics {
	const ns, sub = "switchhook", "delivery"
	return metrics{
		records: prometheus.NewCounter(prometheus.CounterOpts{Namespace: ns, Subsystem: sub,
			Name: "journal_records_total", Help: "Records written to the journal."}),
		writes: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: ns, Subsystem: sub,
			Name: "journal_write_seconds", Help: "Time until a group of records was written.", Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 12)}),
		syncs: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: ns, Subsystem: sub,
			Name: "journal_sync_seconds", Help: "Time until what was written was on the disk.", Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 12)}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{Namespace: ns, Subsystem: sub,
			Name: "journal_failures_total", Help: "Writes and syncs of the journal that failed and were repeated."}),
	}
}

// Metrics are for the registry of whoever owns the journal.
func (j *Journal) Metrics() []prometheus.Collector {
	return []prometheus.Collector{j.metrics.records, j.metrics.writes, j.metrics.syncs, j.metrics.failures}
}
