package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/webrtc"
	"github.com/switchhook/switchhook/internal/webrtc/media"
)

// Browsers counts the sessions of browsers, their calls, and what of them was not read.
func Browsers(of *webrtc.Server, media *media.Engine) prometheus.Collector {
	return browsers{of, media}
}

type browsers struct {
	of    *webrtc.Server
	media *media.Engine
}

var (
	browserSessions       = prometheus.NewDesc("switchhook_browser_sessions", "Sessions of browsers, those without a socket included.", nil, nil)
	browserLongHandshakes = prometheus.NewDesc("switchhook_browser_long_handshakes_total", "Packets of browsers that were not read, since a message of their DTLS handshake has more than 4 KiB.", nil, nil)
	browserLegs           = prometheus.NewDesc("switchhook_browser_legs", "Calls of browsers, those that ring included.", nil, nil)
)

// Describe names the metrics.
func (browsers) Describe(to chan<- *prometheus.Desc) {
	to <- browserSessions
	to <- browserLegs
	to <- browserLongHandshakes
}

// Collect reads them.
func (b browsers) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(browserSessions, prometheus.GaugeValue, float64(b.of.Sessions()))
	to <- prometheus.MustNewConstMetric(browserLegs, prometheus.GaugeValue, float64(b.of.Legs()))
	to <- prometheus.MustNewConstMetric(browserLongHandshakes, prometheus.CounterValue, float64(b.media.LongHandshakes()))
}
