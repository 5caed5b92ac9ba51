package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/export"
)

// Recordings shows recordings of calls: those that go on, and what becomes of them.
func Recordings(of *recording.Library, encoders convert.Pools, exports *export.Exporter) prometheus.Collector {
	return recordings{of, encoders, exports}
}

type recordings struct {
	of       *recording.Library
	encoders convert.Pools
	exports  *export.Exporter
}

var (
	recordingsActive     = prometheus.NewDesc("switchhook_recordings_active", "Recordings of calls that go on.", nil, nil)
	recordingsWaiting    = prometheus.NewDesc("switchhook_recordings_waiting_bytes", "Sound that waits to be written, because the disk does not keep up.", nil, nil)
	recordingsLag        = prometheus.NewDesc("switchhook_recordings_lag_seconds", "How long the sound that waits longest has waited to be written.", nil, nil)
	recordingsStored     = prometheus.NewDesc("switchhook_recordings_stored_bytes", "Size of the files of all recordings on disk, at most a minute old.", nil, nil)
	recordingEncoders    = prometheus.NewDesc("switchhook_recordings_conversions", "Files of recordings that are converted to mp3 or mp4, or wait for it.", []string{"state"}, nil)
	recordingsComposed   = prometheus.NewDesc("switchhook_recordings_composed_seconds_total", "How much of the pictures of recordings was composed, in seconds of the recordings.", nil, nil)
	recordingsUnexported = prometheus.NewDesc("switchhook_recordings_unexported", "Recordings that are still to be copied to storage elsewhere.", nil, nil)
	recordingsOldest     = prometheus.NewDesc("switchhook_recordings_unexported_seconds", "Age of the oldest of them; 0 if there is none.", nil, nil)
	recordingExports     = prometheus.NewDesc("switchhook_recordings_exports_total", "Copies of recordings to storage elsewhere, by result.", []string{"result"}, nil)
)

// Describe names the metrics.
func (recordings) Describe(to chan<- *prometheus.Desc) {
	for _, what := range []*prometheus.Desc{recordingsActive, recordingsWaiting, recordingsLag, recordingsStored, recordingEncoders, recordingsComposed, recordingsUnexported, recordingsOldest, recordingExports} {
		to <- what
	}
}

// Collect reads them.
func (r recordings) Collect(to chan<- prometheus.Metric) {
	gauge := func(what *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value, labels...)
	}
	stats := r.of.Stats()
	gauge(recordingsActive, float64(stats.Active))
	gauge(recordingsWaiting, float64(stats.Waiting))
	gauge(recordingsLag, stats.Lag.Seconds())
	gauge(recordingsStored, float64(stats.Stored))
	waiting, running := r.encoders.Counts()
	gauge(recordingEncoders, float64(waiting), "waiting")
	gauge(recordingEncoders, float64(running), "running")
	to <- prometheus.MustNewConstMetric(recordingsComposed, prometheus.CounterValue, stats.Composed.Seconds())
	counts, age := r.exports.Counts(), 0.0
	if !counts.Oldest.IsZero() {
		age = time.Since(counts.Oldest).Seconds()
	}
	gauge(recordingsUnexported, float64(counts.Waiting))
	gauge(recordingsOldest, age)
	for result, n := range map[string]int64{"exported": counts.Exported, "failed": counts.Failed, "retried": counts.Retries, "removed": counts.Removed} {
		to <- prometheus.MustNewConstMetric(recordingExports, prometheus.CounterValue, float64(n), result)
	}
}
