package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/webrtc"
)

// Browsers counts the sessions of browsers, and their calls.
func Browsers(of *webrtc.Server) prometheus.Collector { return browsers{of} }

type browsers struct{ of *webrtc.Server }

var (
	browserSessions = prometheus.NewDesc("switchhook_browser_sessions", "Sessions of browsers, those without a socket included.", nil, nil)
	browserLegs     = prometheus.NewDesc("switchhook_browser_legs", "Calls of browsers, those that ring included.", nil, nil)
)

// Describe names the metrics.
func (browsers) Describe(to chan<- *prometheus.Desc) {
	to <- browserSessions
	to <- browserLegs
}

// Collect reads them.
func (b browsers) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(browserSessions, prometheus.GaugeValue, float64(b.of.Sessions()))
	to <- prometheus.MustNewConstMetric(browserLegs, prometheus.GaugeValue, float64(b.of.Legs()))
}
